import type { Fault } from './fault.ts';
import { itemFault, utf8Bytes } from './item-limits.ts';
import type { Entity, Member } from './pointer.ts';

/** The names and values of what Contrail notes in a pointer: its revision, and whose it is. */
const NOTES_BYTES = 100;

/** A permanent Fault for what no pointer can say, because its row would be too large; undefined for all others. */
export function pointerFault({ model, parts }: Entity, member: Member): Fault | undefined {
  const partition = model.partition.render(parts);
  const target = () => `the ${model.kind} row ${JSON.stringify([partition, member.sort])}`;
  return itemFault(
    {
      row: () => `the row that the derivation ${model.name} has point to ${target()}`,
      owner: `a row of ${model.name}`,
    },
    member.attributes,
    utf8Bytes(partition) + utf8Bytes(model.at) + utf8Bytes(model.name) + NOTES_BYTES,
  );
}
