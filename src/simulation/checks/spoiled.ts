import type { Spoil } from '../faults/poison.ts';
import { type Entry, isRepairable } from '../world/entry.ts';
import type { Invocation } from '../world/instance.ts';

/** How the record is spoiled as the invocation has it. */
export function spoilOf({ spoil }: Entry, { repaired }: Invocation): Spoil | undefined {
  return repaired ? undefined : spoil;
}

/** What names no stream, and cannot be read either, is poison, whatever stream it is of. */
export function namesStream({ record }: Entry, { repaired }: Invocation): boolean {
  return repaired || (typeof record === 'object' && record !== null && 'eventSourceARN' in record);
}

/** One per record: what an operator has repaired is another. */
export function nameOfRecord({ number }: Entry, repaired: boolean): string {
  return `${number}${repaired ? ' repaired' : ''}`;
}

export function isPoison(entry: Entry, invocation: Invocation): boolean {
  return spoilOf(entry, invocation) !== undefined || !isRepairable(entry);
}
