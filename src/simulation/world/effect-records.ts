import { type Entry, isAfter, type Position } from './entry.ts';

/** For which changes effects have run, by the state that is kept of a row and an effect: seen where the code is called. */
export class EffectRecords {
  /** By state and change, whether the last call of the code handed in a write. */
  readonly #records = new Map<string, Map<Entry, boolean>>();
  readonly #newest = new Map<string, Position>();
  readonly #noted = new Map<string, { readonly position: Position; readonly time: number }>();
  readonly #failures = new Map<string, number>();
  readonly #written = new Map<string, number>();

  /** The code has come to its end. */
  ran(key: string, entry: Entry, handsIn: boolean): void {
    const records = this.#records.get(key) ?? new Map<Entry, boolean>();
    this.#records.set(key, records);
    records.set(entry, handsIn);
    const newest = this.#newest.get(key);
    if (newest === undefined || isAfter(entry.position, newest)) this.#newest.set(key, entry.position);
  }

  hasRun(key: string, entry: Entry): boolean {
    return this.#records.get(key)?.has(entry) === true;
  }

  /** The newest change for which it has run. */
  newest(key: string): Position | undefined {
    return this.#newest.get(key);
  }

  /** The code has thrown. @returns how often it has for the change, whatever came in between. */
  failed(key: string, entry: Entry): number {
    const name = `${key} ${entry.number}`;
    const times = (this.#failures.get(name) ?? 0) + 1;
    this.#failures.set(name, times);
    return times;
  }

  /** What was handed in is written. @returns how often it now was. */
  wrote(key: string, entry: Entry): number {
    const name = `${key} ${entry.number}`;
    const times = (this.#written.get(name) ?? 0) + 1;
    this.#written.set(name, times);
    return times;
  }

  timesWritten(key: string, entry: Entry): number {
    return this.#written.get(`${key} ${entry.number}`) ?? 0;
  }

  /** Whether the last call of the code handed in a write. */
  handsIn(key: string, entry: Entry): boolean {
    return this.#records.get(key)?.get(entry) === true;
  }

  note(key: string, position: Position, time: number): void {
    this.#noted.set(key, { position, time });
  }

  /** Up to which change it is noted to have run, and since when. */
  noted(key: string): { readonly position: Position; readonly time: number } | undefined {
    return this.#noted.get(key);
  }
}
