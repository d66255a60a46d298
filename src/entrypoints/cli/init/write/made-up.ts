import { type ObjectType, type ValueType, wordsOf } from '../../../../application/propose/attribute-types.ts';
import { isAllowed } from '../../../../domain/definition/overlap.ts';
import { KeyTemplate } from '../../../../domain/definition/key-template.ts';
import type { KeySchema } from '../../../../domain/table-model.ts';
import type { PlannedKind } from '../plan.ts';

/** A value that no literal of JSON stands for, as TypeScript writes it. */
export class Code {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An object by its names, which may be anything. */
export type MadeUpObject = ReadonlyMap<string, MadeUpValue>;
export type MadeUpValue = string | number | boolean | null | Code | readonly MadeUpValue[] | MadeUpObject;

/** A row as a test writes it. */
export interface MadeUpRow {
  /** By the names of the parts. */
  readonly key: ReadonlyMap<string, string>;
  /** Without those of the key; undefined where only keys were seen. */
  readonly attributes: MadeUpObject | undefined;
}

const FORMS = {
  date: '2026-01-05',
  time: '2026-01-05T09:00:00Z',
  id: '018f2f6e-0000-7000-8000-000000000001',
};

const BYTES = new Code('new Uint8Array([1, 2, 3])');
/** The same bytes, as a key has them. */
const BYTES_IN_KEY = 'AQID';

/** A row of a kind, made up: nothing of it is of the table but constants of keys and words that many rows have. */
export function madeUpRow(kind: PlannedKind, keys: KeySchema): MadeUpRow {
  const key = madeUpKey(kind, keys);
  if (kind.attributes === undefined) return { key, attributes: undefined };
  const said = new Map(
    kind.parts.flatMap(({ name, attribute }) =>
      attribute === undefined ? [] : [[attribute, key.get(name)] as const],
    ),
  );
  const { when } = kind;
  const attributes = [...kind.attributes.members].flatMap(([name, type]): [string, MadeUpValue][] => {
    if (name === keys.partition || name === keys.sort) return [];
    const text = name === when?.attribute ? when.value : said.get(name);
    return [[name, text !== undefined && type.plain.has('string') ? text : valueOf(type)]];
  });
  return { key, attributes: new Map(attributes) };
}

/** A part is what its kind says, unless the key would not be read as it was put together then. */
function madeUpKey({ key, parts }: PlannedKind, keys: KeySchema): ReadonlyMap<string, string> {
  const made = new Map<string, string>();
  for (const [attribute, type] of [
    [keys.partition, keys.partitionType],
    [keys.sort ?? '', keys.sortType],
  ] as const) {
    const { names, literals } = new KeyTemplate(key.get(attribute) ?? '');
    for (const [index, name] of names.entries()) {
      const part = parts.find((one) => one.name === name);
      const next = literals[index + 1] ?? '';
      const [word] = part?.words ?? [];
      const text = word ?? (part?.form === undefined ? '1' : FORMS[part.form]);
      const isRead = isAllowed(part?.rule, text) && (next === '' || !text.includes(next));
      made.set(name, type === 'B' ? BYTES_IN_KEY : type === 'S' && isRead ? text : '1');
    }
  }
  return made;
}

function valueOf(type: ValueType): MadeUpValue {
  const [plain] = type.plain;
  const [set] = type.sets;
  if (plain === 'string') return wordsOf(type)?.[0] ?? 'a';
  if (plain === 'number') return 1;
  if (plain === 'boolean') return true;
  if (plain === 'null') return null;
  if (plain === 'bytes') return BYTES;
  if (set !== undefined)
    return new Code(`new Set([${set === 'string' ? "'a'" : set === 'number' ? '1' : BYTES.text}])`);
  if (type.list !== undefined) return type.list.count === 0 ? [] : [valueOf(type.list)];
  return type.object === undefined ? null : objectOf(type.object);
}

function objectOf({ members, isDictionary, member }: ObjectType): MadeUpObject {
  if (isDictionary) return new Map([['a', valueOf(member)]]);
  return new Map([...members].map(([name, type]) => [name, valueOf(type)]));
}
