import { expect } from 'chai';
import type { DerivedListing, ListedItem } from '../../../src/application/ports/derived-listing.ts';
import type { DerivedRowRepository } from '../../../src/application/ports/derived-row-repository.ts';
import type { EntityView, ImageRepository } from '../../../src/application/ports/image-repository.ts';
import type { MatcherRepository } from '../../../src/application/ports/matcher-repository.ts';
import { contributionOf, type CountModel, tupleKey } from '../../../src/domain/count.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import { type DerivedRow, nameOfKey, type RowsModel } from '../../../src/domain/derived-rows.ts';
import type { Entity, PointerModel } from '../../../src/domain/pointer.ts';
import { type ItemKey, itemKey, type Row } from '../../../src/domain/row.ts';
import type { Attributes, Value } from '../../../src/domain/value.ts';
import { comparableFields } from '../../support/comparable.ts';
import { decimal, version } from '../../support/factories.ts';

/** A listing of a table that is as `SHOP` says, empty; and the ports through which things get there. */
export interface Harness {
  readonly listing: DerivedListing;
  readonly images: ImageRepository;
  readonly matcher: MatcherRepository;
  readonly rows: DerivedRowRepository;
  /** Another table, whose key is the attribute `id` alone. */
  readonly audit: string;
  /** Puts an order into the table, as a program beside the worker does. */
  putOrder(attributes: Readonly<Record<string, Value>>): Promise<unknown>;
  /** All rows of the table, as a scan finds them. None where the scan is none of the listing's business. */
  scanned(): Promise<readonly { readonly key: ItemKey; readonly attributes: Attributes }[]>;
}

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });

export const SHOP = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    spend: counts(order, {
      by: ({ key }) => ({ customer: key.customer }),
      amount: 'total',
      at: { PK: 'CUSTOMER#<customer>', SK: 'SPEND' },
      as: 'total',
    }),
    tags: counts(order, { by: ['tag'], at: { PK: 'TAG#<tag>', SK: 'ORDERS' } }),
    latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] }),
    copies: rows(order, { of: () => undefined }),
  },
});

export const [SPEND, TAGS] = SHOP.model.counts as [CountModel, CountModel];
export const LATEST = SHOP.model.pointers[0] as PointerModel;
export const COPIES = SHOP.model.derivedRows[0] as RowsModel;

export function orderRow(customer: string, id: string): Row {
  return { model: SHOP.model.rows[0]!, parts: [customer, id] };
}

export function orderKey(customer: string, id: string): ItemKey {
  return { partition: `CUSTOMER#${customer}`, sort: `ORDER#${id}` };
}

/** Counts one row. */
export async function count(
  { matcher }: Harness,
  model: CountModel,
  source: Row,
  part: string,
  amount = '1',
  removed = false,
) {
  const tuple = model === SPEND ? { customer: part } : { tag: part };
  const [state] = await matcher.load([{ model, row: source }]);
  const move = {
    source: { model, row: source },
    from: state as never,
    to: {
      version: version(removed ? 2 : 1),
      contributions: removed ? [] : [contributionOf(model, { tuple, amount: decimal(amount) })],
      removed,
    },
  };
  expect(await matcher.apply([move])).to.deep.equal(['done']);
}

/** Counts a row each under tags. */
export async function countAll({ matcher }: Harness, tags: readonly string[]) {
  const moves = tags.map((tag, n) => ({
    source: { model: TAGS, row: orderRow('ada', `${n}`) },
    from: undefined,
    to: {
      version: version(1),
      contributions: [contributionOf(TAGS, { tuple: { tag }, amount: decimal('1') })],
      removed: false,
    },
  }));
  expect(new Set(await matcher.apply(moves))).to.deep.equal(new Set(['done']));
}

/** Derives rows from one. */
export function derive(harness: Harness, source: Row, ...put: readonly DerivedRow[]) {
  return deriveAll(harness, [source], put);
}

/** Derives the same from rows. */
export async function deriveAll(
  { rows: repository }: Harness,
  sources: readonly Row[],
  put: readonly DerivedRow[] = [],
) {
  const moves = sources.map((source) => ({
    source: { model: COPIES, row: source },
    from: undefined,
    to: { version: version(1), keys: put.map(({ table, key }) => ({ table, key })), removed: false },
    ...{ put, remove: [] },
  }));
  expect(new Set(await repository.apply(moves))).to.deep.equal(new Set(['done']));
}

/** Points to an order that is there. */
export async function point({ images }: Harness, customer: string, id: string, status: string) {
  const entity: Entity = { model: LATEST, parts: [customer] };
  const [view] = (await images.load([entity])) as readonly EntityView[];
  const member = { sort: `ORDER#${id}`, attributes: { status, order: id } };
  expect(await images.save([{ view: view!, member }])).to.deep.equal(['done']);
}

/** Everything that is listed, whichever way, in words. */
export async function listed(harness: Harness): Promise<readonly unknown[]> {
  const items: ListedItem[] = [];
  for (const { key, attributes } of await harness.scanned())
    items.push(...[harness.listing.inTable(key, attributes) ?? []].flat());
  for await (const page of harness.listing.elsewhere([harness.audit])) items.push(...page);
  return items.map(inWords);
}

export function inWords(item: ListedItem): unknown {
  switch (item.is) {
    case 'pointer': {
      const { entity, member } = item;
      return [entity.model.name, entity.parts, member.sort, comparableFields(member.attributes)];
    }
    case 'count': {
      const { model, tuple, count: sum, rows: counted } = item;
      return [model.name, tupleKey(tuple), sum && Number(sum.text), counted];
    }
    case 'row': {
      const { model, row: derived, source } = item;
      return [model.name, nameOfKey(derived), comparableFields(derived.attributes), source];
    }
  }
}

/** The states that are listed, in words. */
export async function states({ listing }: Harness): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const page of listing.states())
    for (const { derivation, row: key } of page)
      found.push(`${derivation} ${key === undefined ? '' : itemKey(key)}`);
  return found.toSorted();
}
