/** What a recorded file holds, piece by piece. `place` is `FILE:LINE`. */
export type Recorded =
  | { readonly kind: 'record'; readonly record: unknown; readonly place: string }
  | { readonly kind: 'problem'; readonly message: string; readonly place: string };

/** Collects what has been read until the caller takes it. */
export class Output {
  /** How many problems there have been. */
  problems = 0;
  private readonly label: string;
  private items: Recorded[] = [];

  constructor(file: string) {
    this.label = file === '-' ? 'standard input' : file;
  }

  record(line: number, record: unknown): void {
    this.items.push({ kind: 'record', record, place: `${this.label}:${line}` });
  }

  problem(line: number, message: string): void {
    this.problems++;
    this.items.push({ kind: 'problem', message, place: `${this.label}:${line}` });
  }

  /** All that came in since the last call. */
  take(): Recorded[] {
    const items = this.items;
    this.items = [];
    return items;
  }
}
