import { type ObjectType, type ValueType, wordsOf } from '../../../../application/propose/attribute-types.ts';
import type { KeySchema } from '../../../../domain/table-model.ts';
import { KeyTemplate } from '../../../../domain/definition/key-template.ts';
import { bytesIn } from '../../../../domain/base64.ts';
import type { PlannedKind } from '../plan.ts';

/** An attribute's value in DynamoDB's JSON. */
export type Encoded = { readonly [Type in string]: unknown };

/** A row in DynamoDB's JSON; by name, as names may be anything. */
export type MadeUp = ReadonlyMap<string, Encoded>;

const FORMS = {
  date: '2026-01-05',
  time: '2026-01-05T09:00:00Z',
  id: '018f2f6e-0000-7000-8000-000000000001',
};

/** A row of a kind, made up: nothing of it is of the table but constants of keys and words that many rows have. */
export function madeUpRow(
  kind: PlannedKind,
  keys: KeySchema,
): { readonly keys: MadeUp; readonly image: MadeUp } {
  const parts = new Map(
    kind.parts.map(({ name, form, words }) => {
      const [first] = words ?? [];
      return [name, first ?? (form === undefined ? '1' : FORMS[form])];
    }),
  );
  const attribute = (name: string, type: 'S' | 'N' | 'B'): [string, Encoded] => {
    const template = new KeyTemplate(kind.key.get(name) ?? '');
    const text = template.render(template.names.map((part) => partOf(parts.get(part) ?? '1', type)));
    return [name, { [type]: type === 'B' ? Buffer.from(bytesIn(text) ?? []).toString('base64') : text }];
  };
  const key = new Map([
    attribute(keys.partition, keys.partitionType),
    ...(keys.sort === undefined ? [] : [attribute(keys.sort, keys.sortType)]),
  ]);
  const said = new Map(
    kind.parts.flatMap((part) =>
      part.attribute === undefined ? [] : [[part.attribute, parts.get(part.name)]],
    ),
  );
  const others = [...(kind.attributes?.members ?? [])].flatMap(([name, type]): [string, Encoded][] => {
    if (key.has(name)) return [];
    const text = said.get(name);
    return [[name, text !== undefined && type.plain.has('string') ? { S: text } : encoded(type)]];
  });
  const { when } = kind;
  const told: [string, Encoded][] = when === undefined ? [] : [[when.attribute, { S: when.value }]];
  return { keys: key, image: new Map([...key, ...others, ...told]) };
}

function partOf(text: string, type: 'S' | 'N' | 'B'): string {
  if (type === 'S') return text;
  return type === 'N' ? '1' : 'AQID';
}

function encoded(type: ValueType): Encoded {
  const [plain] = type.plain;
  const [set] = type.sets;
  if (plain === 'string') return { S: wordsOf(type)?.[0] ?? 'a' };
  if (plain === 'number') return { N: '1' };
  if (plain === 'boolean') return { BOOL: true };
  if (plain === 'bytes') return { B: 'AQID' };
  if (set !== undefined)
    return set === 'string' ? { SS: ['a'] } : set === 'number' ? { NS: ['1'] } : { BS: ['AQID'] };
  if (type.list !== undefined) return { L: type.list.count === 0 ? [] : [encoded(type.list)] };
  return type.object === undefined ? { NULL: true } : { M: encodedObject(type.object) };
}

function encodedObject({ members, isDictionary, member }: ObjectType): Encoded {
  if (isDictionary) return { a: encoded(member) };
  return Object.fromEntries([...members].map(([name, type]) => [name, encoded(type)]));
}
