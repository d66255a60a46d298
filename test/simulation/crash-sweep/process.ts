import { Fault } from '../../../src/domain/fault.ts';
import type { Port } from '../faults/call-faults.ts';
import { Violation } from '../checks/violation.ts';
import type { CallLog } from './call-log.ts';
import type { Settings } from './settings.ts';

/** How a handler's work ended. */
export type End<T> =
  | { readonly kind: 'returned'; readonly value: T }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'crashed' };

interface Request {
  /** Its effect alone. */
  readonly effect: () => Promise<unknown>;
  /** Its effect and its answer, with what goes wrong with them. */
  readonly arrive: () => Promise<void>;
}

/** A process that runs a worker. Its calls arrive one by one; between two, all that follows from the first is done. */
export class Process {
  readonly #log: CallLog;
  readonly #next: Settings['next'];
  readonly #underWay: Request[] = [];
  #alive = true;

  constructor(log: CallLog, next: Settings['next']) {
    this.#log = log;
    this.#next = next;
  }

  /** One result an entry, as the ports promise. */
  call<Entry, Result>(
    port: Port,
    entries: readonly Entry[],
    effect: (entries: readonly Entry[]) => Promise<readonly Result[]>,
  ): Promise<readonly (Result | Fault)[]> {
    const { number, fault } = this.#log.add(port, entries.length);
    const all = () => effect(entries);
    return new Promise((resolve, reject) => {
      const fail = () => {
        reject(new Error(`simulated: ${port} ${String(fault)} at call ${number}`));
      };
      const arrive = async () => {
        switch (fault) {
          case undefined:
            resolve(await all());
            return;
          case 'fails before':
            fail();
            return;
          case 'fails after':
            await all();
            fail();
            return;
          case 'late':
            this.#log.delay(all);
            fail();
            return;
          case 'partial': {
            const results = await effect(entries.slice(0, Math.ceil(entries.length / 2)));
            const failed = new Fault('transient', `simulated: ${port} failed for one of several`);
            resolve(entries.map((_, at) => (at < results.length && at % 2 === 1 ? results[at]! : failed)));
            return;
          }
          case 'crash before, others arrive':
          case 'crash after, others arrive':
            if (fault === 'crash after, others arrive') await all();
            for (const other of this.#underWay) await other.effect();
            this.#alive = false;
            return;
          case 'crash after, others are lost':
            await all();
            this.#alive = false;
            return;
          case 'crash before, others are lost':
            this.#alive = false;
        }
      };
      this.#underWay.push({ effect: all, arrive });
    });
  }

  /**
   * Lets the work go on until it ends or the process does.
   *
   * @throws Violation when the work waits for nothing, or leaves a call behind.
   */
  async run<T>(work: Promise<T>): Promise<End<T>> {
    const ends: End<T>[] = [];
    work.then(
      (value) => ends.push({ kind: 'returned', value }),
      (error: unknown) => ends.push({ kind: 'threw', error }),
    );
    for (;;) {
      await settled();
      if (!this.#alive) return { kind: 'crashed' };
      const [end] = ends;
      const request = this.#next === 'first' ? this.#underWay.shift() : this.#underWay.pop();
      if (end !== undefined) {
        if (request === undefined) return end;
        throw new Violation(
          'nothing goes on after its invocation',
          'a call is under way when the handler ends',
        );
      }
      if (request === undefined)
        throw new Violation('the handler ends', 'it waits, and no call is under way');
      await request.arrive();
    }
  }
}

/** Comes only after every promise that can go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
