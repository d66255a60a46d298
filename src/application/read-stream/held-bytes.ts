/** How much of all shards is held in memory. */
export class HeldBytes {
  readonly #most: number;
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get hasRoom(): boolean {
    return this.#bytes < this.#most;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }
}
