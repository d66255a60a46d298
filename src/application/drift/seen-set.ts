import type { Fingerprint } from '../../domain/drift/fingerprint.ts';

/**
 * A set of fingerprints in as little memory as they take, up to a bound: eight bytes for each place, of which three of four are
 * used. What comes after that is not taken.
 */
export class SeenSet {
  readonly #most: number;
  #high: Uint32Array;
  #low: Uint32Array;
  #size = 0;

  /** @param most how many it takes. */
  constructor(most: number) {
    this.#most = most;
    this.#high = new Uint32Array(FEWEST);
    this.#low = new Uint32Array(FEWEST);
  }

  get size(): number {
    return this.#size;
  }

  /** Whether it has no room. */
  get isFull(): boolean {
    return this.#size >= this.#most;
  }

  /** Whether a fingerprint was taken. */
  has(fingerprint: Fingerprint): boolean {
    const place = this.#placeOf(fingerprint);
    return !this.#isEmpty(place);
  }

  /** Takes a fingerprint, while there is room. */
  add(fingerprint: Fingerprint): void {
    const place = this.#placeOf(fingerprint);
    if (!this.#isEmpty(place) || this.isFull) return;
    this.#high[place] = fingerprint.high;
    // All zeros are an empty place.
    this.#low[place] = fingerprint.low === 0 && fingerprint.high === 0 ? 1 : fingerprint.low;
    this.#size++;
    if (this.#size > (3 * this.#high.length) / 4) this.#grow();
  }

  #isEmpty(place: number): boolean {
    return this.#high[place] === 0 && this.#low[place] === 0;
  }

  /** Where it is, or would be. */
  #placeOf({ high, low: given }: Fingerprint): number {
    const low = given === 0 && high === 0 ? 1 : given;
    const last = this.#high.length - 1;
    let place = low & last;
    while (!this.#isEmpty(place) && !(this.#high[place] === high && this.#low[place] === low))
      place = (place + 1) & last;
    return place;
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low];
    this.#high = new Uint32Array(2 * high.length);
    this.#low = new Uint32Array(2 * high.length);
    for (let place = 0; place < high.length; place++) {
      const one = { high: high[place] ?? 0, low: low[place] ?? 0 };
      if (one.high === 0 && one.low === 0) continue;
      const to = this.#placeOf(one);
      this.#high[to] = one.high;
      this.#low[to] = one.low;
    }
  }
}

/** A power of two, as all sizes. */
const FEWEST = 1_024;
