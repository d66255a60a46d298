import { Fault } from '../../../../domain/fault.ts';
import { canonicalKeyText, type KeyType } from '../../../../domain/key-value.ts';
import type { ItemKey } from '../../../../domain/row.ts';
import type { KeySchema } from '../../../../domain/table-model.ts';

/** The place behind a row in the order of a scan. */
export function placeText({ partition, sort }: ItemKey): string {
  return JSON.stringify(sort === undefined ? [partition] : [partition, sort]);
}

/** @throws Fault `configuration` for a text that is no place in a table with these keys. */
export function readPlace(text: string, { sort, partitionType, sortType }: KeySchema): ItemKey {
  const types = sort === undefined ? [partitionType] : [partitionType, sortType];
  const texts = textsIn(text);
  if (texts?.length !== types.length || !texts.every((one, index) => isKey(one, types[index])))
    throw new Fault(
      'configuration',
      `${JSON.stringify(text.slice(0, 200))} is no place in a table with such keys: begin anew`,
      { reason: 'a scan cannot go on from where it is said to be' },
    );
  return { partition: texts[0] as string, sort: texts[1] };
}

function isKey(text: string, type: KeyType = 'S'): boolean {
  return canonicalKeyText(text, type) === text;
}

function textsIn(text: string): readonly string[] | undefined {
  try {
    const texts: unknown = JSON.parse(text);
    if (Array.isArray(texts) && texts.every((one) => typeof one === 'string')) return texts;
  } catch {
    // No place of a scan.
  }
  return undefined;
}
