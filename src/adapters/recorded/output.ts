/** What a recorded file holds, piece by piece. `place` is `FILE:LINE`. */
export type Recorded =
  | { readonly kind: 'record'; readonly record: unknown; readonly place: string }
  | { readonly kind: 'problem'; readonly message: string; readonly place: string };

/** Collects what has been read until the caller takes it. */
export class Output {
  private problemLine = 0;
  private readonly label: string;
  private items: Recorded[] = [];

  constructor(file: string) {
    this.label = file === '-' ? 'standard input' : file;
  }

  record(line: number, record: unknown): void {
    this.items.push({ kind: 'record', record, place: `${this.label}:${line}` });
  }

  problem(line: number, message: string): void {
    this.problemLine = line;
    this.items.push({ kind: 'problem', message, place: `${this.label}:${line}` });
  }

  /** A problem that most likely follows from the latest one when that is on the same line; it is then left out. */
  consequence(line: number, message: string): void {
    if (line !== this.problemLine) this.problem(line, message);
  }

  /** All that came in since the last call. */
  take(): Recorded[] {
    const items = this.items;
    this.items = [];
    return items;
  }
}
