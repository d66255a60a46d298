import type { TableDefinition } from '../../domain/definition/define-table.ts';
import type { RowKind } from '../../domain/definition/row.ts';
import { Fault } from '../../domain/fault.ts';
import { toJson } from '../../domain/json.ts';
import { kindsOf } from '../../domain/roles.ts';
import { type ItemKey, itemKey, type Row } from '../../domain/row.ts';
import type { RowModel } from '../../domain/table-model.ts';
import type { Attributes } from '../../domain/value.ts';
import { satisfies } from '../../domain/when.ts';
import type { Random } from '../../random/random.ts';
import { derivedKeys } from './derived-keys.ts';
import { type Image, imageOf } from './image.ts';
import { keyImage, keyOfKind, otherKeys, PartTexts, shuffled } from './keys.ts';
import { kindRows, type KindRows, type OwnAttributes, wholeRow } from './kind-rows.ts';
import { isTaken } from './refusal.ts';
import { wantedParts } from './row-functions.ts';
import { checkKinds, type Samples, samplesOf } from './samples.ts';
import { takenBy } from './taken-by.ts';
import { anyValue } from './values.ts';

export interface ItemsOptions {
  /** Rows to write, by their kind: plain attributes without keys. Kinds without samples get rows that are made up. */
  readonly rows?: Samples;
  /** Whether samples may be mixed with one another, and changed within their types. By default rows are as the samples. */
  readonly mutate?: boolean;
  /** How many items of each kind, at most. Default 5. */
  readonly perKind?: number;
  /** Another definition of the table, which it may come to have: it takes the rows, too. */
  readonly later?: TableDefinition | undefined;
}

/** An item that a table may hold, and the rows that are written of it, one after the other, again and again. */
export interface MadeItem {
  /** For people: its kind, and its key. */
  readonly name: string;
  /** `row`: its key is of at least one kind. `other`: of none. `malformed`: of none, as a strict kind says. */
  readonly is: 'row' | 'other' | 'malformed';
  /** The kinds that have its key: several where an attribute tells them apart. */
  readonly kinds: readonly string[];
  readonly key: ItemKey;
  /** Its key as stream records carry it. */
  readonly keys: Image;
  /** At least one. The definition takes each of them, and each change from one to another. */
  readonly rows: readonly MadeRow[];
}

/** A row, its key among its attributes. */
export interface MadeRow {
  /** The kind that it is of; undefined for none. */
  readonly kind: string | undefined;
  /** For people: what it holds beside its key. */
  readonly name: string;
  /** As stream records carry it. */
  readonly image: Image;
  readonly attributes: Attributes;
}

/** So many keys are tried for each that is wanted. */
const ATTEMPTS = 12;

/**
 * Makes items of each kind of row of a definition, of no kind, and such as a strict kind refuses. Few, of few values, so that
 * rows meet. No item has a key of a row that is derived, as far as that can be told.
 *
 * @throws Fault `configuration` where no row of a kind is found that the definition takes, a sample is none, or a later definition takes
 *   no row at all.
 */
export function makeItems(
  definition: TableDefinition,
  random: Random,
  { rows: samples = {}, mutate = false, perKind = 5, later }: ItemsOptions = {},
): readonly MadeItem[] {
  const { spec, model } = definition;
  checkKinds(Object.keys(spec.rows), samples);
  const texts = new PartTexts(random.fork());
  const kinds = Object.entries(spec.rows).flatMap(([name, kind]) => {
    const ofKind = model.rows.find((one) => one.name === name);
    return ofKind === undefined ? [] : [{ kind: kind as RowKind, model: ofKind }];
  });
  const keys = keysOf(definition, kinds, texts, perKind, random.fork());
  const rowsOf = new Map<RowModel, KindRows>();
  for (const { kind, model: ofKind } of kinds) {
    const examples = [...keys.values()].flatMap(({ row }) =>
      kindsOf(row).filter((one) => one.model === ofKind),
    );
    const own = samplesOf(definition, ofKind, samples);
    const made = { definition, kind, model: ofKind, examples, samples: own, mutate };
    rowsOf.set(ofKind, kindRows(made, random.fork()));
  }
  const chance = random.fork();
  const own = [...keys.values()].flatMap(({ at, row }) => itemOf(definition, at, row, rowsOf, chance));
  const made = [...own, ...otherItems(definition, texts, chance)];
  const items = later === undefined ? made : made.flatMap((item) => takenBy(later, item));
  const models = later === undefined ? [model] : [model, later.model];
  // Writers would take the place of derived rows, which the table refuses.
  const derived = new Set(
    items.flatMap(({ rows }) => rows.flatMap(({ attributes }) => derivedKeys(models, attributes))),
  );
  const usable = items.filter(({ key }) => !derived.has(itemKey(key)));
  if (later !== undefined && !usable.some(({ is }) => is === 'row'))
    throw new Fault(
      'configuration',
      'the later definition takes none of the rows that were found: give samples of rows that both definitions take',
    );
  return usable;
}

interface Kind {
  readonly kind: RowKind;
  readonly model: RowModel;
}

interface FoundKey {
  readonly at: ItemKey;
  readonly row: Row;
}

function keysOf(
  definition: TableDefinition,
  kinds: readonly Kind[],
  texts: PartTexts,
  perKind: number,
  random: Random,
): ReadonlyMap<string, FoundKey> {
  const { model } = definition;
  const all = new Map<string, FoundKey>();
  /** By template, parts of partitions: rows of one partition have to do with one another. */
  const partitions = new Map<string, (readonly string[])[]>();
  for (const { kind, model: ofKind } of kinds) {
    const wanted = wantedParts(definition, kind);
    const found = new Set<string>();
    let isDerived = false;
    for (let attempt = 0; attempt < perKind * ATTEMPTS && found.size < perKind; attempt++) {
      const known = partitions.get(ofKind.partition.text) ?? [];
      const near =
        known.length > 0 && random.chance(known.length > 1 ? 0.8 : 0.5) ? random.pick(known) : undefined;
      const key = keyOfKind(model, ofKind, texts, wanted, random, near);
      if (key === undefined) continue;
      if (key === 'derived') {
        isDerived = true;
        continue;
      }
      found.add(itemKey(key.at));
      all.set(itemKey(key.at), key);
      const parts = key.row.parts.slice(0, ofKind.partition.names.length);
      const isNew = !known.some((one) => one.every((part, index) => part === parts[index]));
      if (isNew) partitions.set(ofKind.partition.text, [...known, parts]);
    }
    if (found.size === 0 && !isDerived)
      throw new Fault(
        'configuration',
        `no key of a ${ofKind.name} row was found: what its parts may hold, no made-up text fits`,
      );
  }
  return all;
}

/** The item with the rows that it can have; none where the definition takes none with its key. */
function itemOf(
  definition: TableDefinition,
  key: ItemKey,
  row: Row,
  rowsOf: ReadonlyMap<RowModel, KindRows>,
  random: Random,
): readonly MadeItem[] {
  const kinds = kindsOf(row);
  const own = kinds.flatMap((one) => {
    const { rows = [], unread = [] } = rowsOf.get(one.model) ?? {};
    const others = shuffled(rows, random).slice(0, kinds.length === 1 ? 5 : 3);
    const pairs = shuffled(unread, random).slice(0, rows.length < 3 ? 3 : 1);
    return [...others.map((each) => withParts(each, one, random)), ...pairs.flat()];
  });
  const ofNone =
    row.model.when === undefined ? [] : own.slice(0, 2).map((each) => untold(each, row.model, random));
  const taken: Attributes[] = [];
  const rows: MadeRow[] = [];
  for (const attributes of [...own, ...ofNone]) {
    const whole = wholeRow(definition, key, attributes);
    const kind = kinds.find(({ model: { when } }) => satisfies(when, whole))?.model.name;
    const made = madeRow(attributes, whole, kind);
    if (!isTaken(row, whole, taken)) continue;
    taken.push(whole);
    rows.push(made);
  }
  if (rows.length === 0) return [];
  const names = kinds.map(({ model: { name } }) => name);
  return [
    {
      name: `${names.join(' or ')} ${textOf(key)}`,
      is: 'row',
      kinds: names,
      key,
      keys: keyImage(definition, key),
      rows: distinct(rows),
    },
  ];
}

/** Some rows repeat in attributes what their key says, where a pointer repeats it. */
function withParts(own: OwnAttributes, { model, parts }: Row, random: Random): OwnAttributes {
  const repeated = new Set(model.pointers.flatMap(({ repeatedParts }) => repeatedParts));
  const row = new Map(own);
  for (const [index, name] of model.names.entries())
    if (repeated.has(name) && random.chance(0.3)) row.set(name, parts[index] ?? '');
  return row;
}

/** A row that is of no kind, because an attribute says so. */
function untold(own: OwnAttributes, { when = [] }: RowModel, random: Random): OwnAttributes {
  const row = new Map(own);
  for (const { name } of when)
    if (random.chance(0.5)) row.delete(name);
    else row.set(name, random.pick(['none of the kinds', null]));
  return row;
}

function otherItems(definition: TableDefinition, texts: PartTexts, random: Random): readonly MadeItem[] {
  const all = otherKeys(definition, texts, random).map((key): MadeItem => {
    const row = definition.model.rowOf(key.partition, key.sort);
    const is = row === undefined ? 'other' : 'malformed';
    const notes = Array.from({ length: 3 }, () => new Map([['note', anyValue(random)]]));
    const rows = distinct(notes.map((own) => madeRow(own, wholeRow(definition, key, own), undefined)));
    return { name: `${is} ${textOf(key)}`, is, kinds: [], key, keys: keyImage(definition, key), rows };
  });
  return (['other', 'malformed'] as const).flatMap((is) => all.filter((item) => item.is === is).slice(0, 2));
}

function madeRow(own: OwnAttributes, whole: Attributes, kind: string | undefined): MadeRow {
  const name = `${kind ?? 'no kind'} ${toJson(Object.fromEntries(own))}`;
  return { kind, name, image: imageOf(whole.all()), attributes: whole };
}

/** Rows that are written alike once: equal ones may be written differently. */
function distinct(rows: readonly MadeRow[]): readonly MadeRow[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row.image), row])).values()];
}

function textOf({ partition, sort }: ItemKey): string {
  return JSON.stringify(sort === undefined ? [partition] : [partition, sort]);
}
