import { EffectLog } from '../../application/ports/effect-log.ts';
import type { Result } from '../../application/result.ts';
import type { EffectMove, EffectRow, EffectState } from '../../domain/effect.ts';
import { Fault } from '../../domain/fault.ts';
import { isPromise, kindOf } from '../../domain/plain-value.ts';
import { itemKey, keyOf } from '../../domain/row.ts';
import { describeRow, wordsOf } from '../../domain/row-view.ts';
import { sameState } from '../../domain/version.ts';
import { MemoryStates } from './memory-states.ts';

/**
 * Up to where effects have run, in memory. What an effect hands in with `once` is a function, which is called as the note
 * is made.
 */
export class MemoryEffectLog extends EffectLog {
  readonly #states = new MemoryStates<EffectState>((version) => ({ version, removed: true }));

  override async load(
    rows: readonly EffectRow[],
    signal?: AbortSignal,
  ): Promise<readonly (EffectState | undefined)[]> {
    signal?.throwIfAborted();
    return rows.map((row) => this.#states.get(stateKey(row)));
  }

  override async advance(moves: readonly EffectMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    return moves.map((move) => this.#advanceOne(move));
  }

  #advanceOne({ source, from, to, write }: EffectMove): Result {
    const key = stateKey(source);
    if (!sameState(this.#states.get(key), from)) return 'conflict';
    const fault = write === undefined ? undefined : faultOf(source, write);
    if (fault !== undefined) return fault;
    this.#states.set(key, to);
    return 'done';
  }
}

function stateKey({ model, row }: EffectRow): string {
  return `${model.name} ${itemKey(keyOf(row))}`;
}

/** Makes a write; a Fault where it was not made. */
function faultOf({ model: { name }, row }: EffectRow, write: unknown): Fault | undefined {
  const problem = (what: string) =>
    new Fault(
      'configuration',
      `the effect ${name} gave once ${what} for ${describeRow(row)}: in memory it takes a function that writes at once`,
      { reason: `the effect ${name} gave once ${what}` },
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
      : new Fault(
          'transient',
          `the write of the effect ${name} for ${describeRow(row)} failed: ${wordsOf(error)}`,
          {
            cause: error,
            reason: `the write of the effect ${name} failed`,
          },
        );
  }
}
