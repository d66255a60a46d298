import { EffectLog } from '../../application/ports/effect-log.ts';
import type { Result } from '../../application/result.ts';
import { type EffectMove, type EffectRow, type EffectState, sameEffectState } from '../../domain/effect.ts';
import { Fault } from '../../domain/fault.ts';
import { isPromise, kindOf } from '../../domain/plain-value.ts';
import { itemKey, keyOf } from '../../domain/row.ts';
import { wordsOf } from '../../domain/row-view.ts';
import { Tombstones } from './tombstones.ts';

/**
 * Up to where effects have run, in memory. What an effect hands in with `once` is a function, which is called as the note
 * is made.
 */
export class MemoryEffectLog extends EffectLog {
  readonly #states = new Map<string, EffectState>();
  readonly #removed = new Tombstones();

  override async load(
    rows: readonly EffectRow[],
    signal?: AbortSignal,
  ): Promise<readonly (EffectState | undefined)[]> {
    signal?.throwIfAborted();
    return rows.map((row) => this.#state(stateKey(row)));
  }

  override async advance(moves: readonly EffectMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    return moves.map((move) => this.#advanceOne(move));
  }

  #advanceOne({ source, from, to, write }: EffectMove): Result {
    const key = stateKey(source);
    if (!sameEffectState(this.#state(key), from)) return 'conflict';
    const fault = write === undefined ? undefined : faultOf(source, write);
    if (fault !== undefined) return fault;
    if (to.removed) {
      this.#states.delete(key);
      this.#removed.add(key, to.version);
    } else {
      this.#states.set(key, to);
      this.#removed.delete(key);
    }
    return 'done';
  }

  #state(key: string): EffectState | undefined {
    const version = this.#removed.get(key);
    return version === undefined ? this.#states.get(key) : { version, removed: true };
  }
}

function stateKey({ model, row }: EffectRow): string {
  return `${model.name} ${itemKey(keyOf(row))}`;
}

/** Makes a write; a Fault where it was not made. */
function faultOf({ model: { name } }: EffectRow, write: unknown): Fault | undefined {
  const problem = (what: string) =>
    new Fault(
      'configuration',
      `the effect ${name} gave once ${what}: in memory it takes a function that writes at once`,
    );
  if (typeof write !== 'function') return problem(kindOf(write));
  try {
    const returned: unknown = (write as () => unknown)();
    if (!isPromise(returned)) return undefined;
    returned.then(undefined, () => undefined);
    return problem('an async function');
  } catch (error) {
    return Fault.is(error)
      ? error
      : new Fault('transient', `the write of the effect ${name} failed: ${wordsOf(error)}`, {
          cause: error,
          reason: `the write of the effect ${name} failed`,
        });
  }
}
