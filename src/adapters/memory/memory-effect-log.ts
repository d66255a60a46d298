import { EffectLog } from '../../application/ports/effect-log.ts';
import type { Result } from '../../application/result.ts';
import type { EffectMove, EffectRow, EffectState } from '../../domain/effect.ts';
import { Fault } from '../../domain/fault.ts';
import { ownItemsOf } from '../../domain/own-items.ts';
import { isPromise, kindOf } from '../../domain/plain-value.ts';
import { itemKey, keyOf } from '../../domain/row.ts';
import { describeRow, wordsOf } from '../../domain/row-view.ts';
import { sameState } from '../../domain/version.ts';
import { MemoryStates } from './memory-states.ts';

/** Items for DynamoDB that an effect handed in with `once`: there is no DynamoDB that they could be written to. */
export interface UnmadeWrite {
  readonly effect: string;
  /** The row's kind and key, in words. */
  readonly row: string;
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Up to where effects have run, in memory. What an effect hands in with `once` is a function, which is called as the note
 * is made; items for DynamoDB are refused, unless somebody wants to be told of them: then they count as written.
 */
export class MemoryEffectLog extends EffectLog {
  readonly #states = new MemoryStates<EffectState>((version) => ({ version, removed: true }));
  readonly #onItems: ((write: UnmadeWrite) => void) | undefined;

  /** @param onItems is told of items once for each note that is made. */
  constructor(onItems?: (write: UnmadeWrite) => void) {
    super();
    this.#onItems = onItems;
  }

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
    const items = this.#onItems === undefined || typeof write === 'function' ? undefined : ownItemsOf(write);
    const isUnmade = write !== undefined && items !== undefined && typeof items !== 'string';
    const fault =
      write === undefined || isUnmade
        ? undefined
        : faultOf(source, write, typeof items === 'string' ? items : kindOf(write));
    if (fault !== undefined) return fault;
    this.#states.set(key, to);
    if (isUnmade) this.#onItems?.({ effect: source.model.name, row: describeRow(source.row), items });
    return 'done';
  }
}

function stateKey({ model, row }: EffectRow): string {
  return `${model.name} ${itemKey(keyOf(row))}`;
}

/** Makes a write; a Fault where it was not made. @param what it is, in words. */
function faultOf({ model: { name }, row }: EffectRow, write: unknown, what: string): Fault | undefined {
  const problem = (given: string) =>
    new Fault(
      'configuration',
      `the effect ${name} gave once ${given} for ${describeRow(row)}: in memory it takes a function that writes at once, or items for DynamoDB where onItems is told of them`,
      { reason: `the effect ${name} gave once ${given}` },
    );
  if (typeof write !== 'function') return problem(what);
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
