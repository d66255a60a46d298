import { createHash } from 'node:crypto';
import type { CountModel } from '../../../domain/count.ts';
import type { CountedRow } from '../../../domain/count-move.ts';
import { MAX_KEY_BYTES } from '../../../domain/item-limits.ts';
import { itemKey, keyOf, partOf, type Row } from '../../../domain/row.ts';
import { attributesOf, DOLLAR, statesAt, USUAL_STATES } from './entities.ts';

/*
 * The keys of state rows, as ElectroDB makes them. Its builder takes 15 µs of processor time for each, where a record takes
 * some 120 µs in all; so it makes one of each kind, of parts written as in the template, and values take their places from
 * then on, in 0.5 µs.
 */

const IN_ANY_TABLE = { table: 'any' };

/** A row, and what is derived from it. */
interface DerivedFrom {
  readonly model: { readonly name: string };
  readonly row: Row;
}

/** The key of a state row: strings, whatever the rows' own keys are. */
type StateKey = Readonly<Record<string, string>>;
type Templates = NonNullable<CountModel['state']>;
type Maker = (valueOf: (name: string) => string) => StateKey;

function keysOf(templates: Templates): Maker {
  const attributes = attributesOf(templates);
  const marksOf = (key: keyof Templates) =>
    // No literal of a template holds < or >.
    attributes[key].map((attribute, index) => [attribute, `<${templates[key].names[index]}>`] as const);
  const marked = Object.fromEntries([...marksOf('partition'), ...marksOf('sort')]);
  // The types know the names of no part: those are in the templates.
  const { Key } = statesAt(templates)
    .get(marked as never)
    .params<{ readonly Key: StateKey }>(IN_ANY_TABLE);
  /** Literals and, between them, names. */
  const piecesOf = (key = '') => key.split(/<(\w+)>/).map((piece) => piece.replaceAll(DOLLAR, '$'));
  const [pk, sk] = [piecesOf(Key['PK']), piecesOf(Key['SK'])];
  return (valueOf) => {
    const filled = (piece: string, index: number) => (index % 2 === 0 ? piece : valueOf(piece));
    return { PK: pk.map(filled).join(''), SK: sk.map(filled).join('') };
  };
}

const usualKeys = keysOf(USUAL_STATES);
const ownKeys = new WeakMap<Templates, Maker>();

/** The key of what is counted for a row, in the state table. */
export function countStateKey({ model, row }: CountedRow): StateKey {
  const { state } = model;
  if (state !== undefined) {
    let maker = ownKeys.get(state);
    if (maker === undefined) ownKeys.set(state, (maker = keysOf(state)));
    return maker((part) => partOf(row, part) ?? '');
  }
  return usualStateKey({ model, row });
}

/** The key of the state row of a row and a derivation, in the state table, where the definition says nothing else. */
export function usualStateKey({ model: { name }, row }: DerivedFrom): StateKey {
  const source = itemKey(keyOf(row));
  const key = usualKeys((part) => (part === 'source' ? source : name));
  if (Buffer.byteLength(key['PK'] ?? '') <= MAX_KEY_BYTES.partition) return key;
  const digest = createHash('sha256').update(source).digest('hex');
  return usualKeys((part) => (part === 'source' ? digest : name));
}
