import { Fault } from '../../domain/fault.ts';
import type { Result } from '../../application/result.ts';
import { REFUSED, sqlStateOf } from './client/database-fault.ts';

/** The server has ended a statement that took longer than it may. */
const TOO_LONG = '57014';

/**
 * What a statement for many items comes to for each. Where it is refused for what one of them holds, which an error does not tell,
 * or took longer than the server lets it, it is tried again for each half, and so on, so that one item does not keep the others from being done.
 *
 * @param attempt a statement that is done for all of the items or for none: one result per item, in their order.
 * @returns one result per item, in their order. `busy` where others were in the way of the statement as a whole.
 * @throws what `attempt` throws that is no Fault, once `signal` is aborted its reason.
 */
export async function inParts<T>(
  items: readonly T[],
  attempt: (items: readonly T[]) => Promise<readonly Result[]>,
  signal: AbortSignal | undefined,
): Promise<readonly Result[]> {
  if (items.length === 0) return [];
  try {
    return await attempt(items);
  } catch (error) {
    signal?.throwIfAborted();
    if (!Fault.is(error)) throw error;
    if (error.kind === 'conflict') return items.map(() => 'busy');
    if (items.length === 1 || !hasToBeParted(error)) return items.map(() => error);
    const middle = Math.ceil(items.length / 2);
    const first = await inParts(items.slice(0, middle), attempt, signal);
    return [...first, ...(await inParts(items.slice(middle), attempt, signal))];
  }
}

function hasToBeParted(fault: Fault): boolean {
  return fault.kind === 'permanent' || [REFUSED, TOO_LONG].includes(sqlStateOf(fault) ?? '');
}
