import { excerpt } from '../json/excerpt.ts';

/** What a recorded file holds, piece by piece. `place` is `FILE:LINE`. */
export type Recorded =
  | { readonly kind: 'record'; readonly record: unknown; readonly place: string }
  | { readonly kind: 'problem'; readonly message: string; readonly place: string };

/** What has been found in a file. */
export class Found {
  readonly items: Recorded[] = [];
  readonly #file: string;
  #problemLine = 0;

  constructor(file: string) {
    this.#file = file;
  }

  record(line: number, record: unknown): void {
    this.items.push({ kind: 'record', record, place: `${this.#file}:${line}` });
    this.#problemLine = 0;
  }

  problem(line: number, message: string): void {
    this.items.push({ kind: 'problem', message, place: `${this.#file}:${line}` });
    this.#problemLine = line;
  }

  /** What should not stand there; most often a piece of what this line has a problem with already. */
  unexpected(line: number, expected: string, found: string | Buffer): void {
    if (this.#problemLine !== line) this.problem(line, `expected ${expected}; found ${excerpt(found)}`);
  }
}
