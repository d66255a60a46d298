import { expect } from 'chai';
import { type Contribution, contributionOf, type CountModel } from '../../../src/domain/count.ts';
import type { CountState } from '../../../src/domain/count-move.ts';
import { Decimal } from '../../../src/domain/decimal.ts';
import type { RowsMove, RowsModel, RowsState } from '../../../src/domain/derived-rows.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { PointerModel } from '../../../src/domain/pointer.ts';
import type { Row } from '../../../src/domain/row.ts';
import { version } from '../../support/factories.ts';
import { orderRow, type ProofWorld, PROVED } from './proof-world.ts';

/** One kind of drift: how it comes about behind the worker's back, and what must be found of it. */
export interface Planted {
  readonly name: string;
  readonly plant: (world: ProofWorld) => Promise<unknown>;
  readonly found: readonly string[];
}

const [TAGS] = PROVED.model.counts as [CountModel];
const [LATEST] = PROVED.model.pointers as [PointerModel];
const [COPIES] = PROVED.model.derivedRows as [RowsModel];

/** The rows that every kind is planted among. */
export const ROWS = [
  orderRow('ada', '1', { status: 'open', total: 5 }),
  orderRow('ada', '2', { status: 'sent', total: 7 }),
  orderRow('bob', '1', { status: 'open', total: 11 }),
  orderRow('cyd', '1', { status: 'draft', total: 13 }),
];

export function orderAt(customer: string, id: string): Row {
  return { model: PROVED.model.rows.find(({ name }) => name === 'order')!, parts: [customer, id] };
}

async function writeDocument(
  { index }: ProofWorld,
  id: string,
  document: Record<string, string> | undefined,
) {
  expect(await index.apply('orders', [{ id, document, version: version(1) }])).to.deep.equal(['done']);
}

function tag(status: string): Contribution {
  return contributionOf(TAGS, { tuple: { status }, amount: Decimal.parse('1')! });
}

/** Moves a row's count from what is said to have been counted, whatever was. */
async function moveCount(
  { matcher }: ProofWorld,
  row: Row,
  from: readonly Contribution[],
  to: readonly Contribution[],
) {
  const [state] = (await matcher.load([{ model: TAGS, row }])) as readonly (CountState | undefined)[];
  const moved = { version: state?.version ?? version(1), contributions: to, removed: false };
  const result = await matcher.apply([
    { source: { model: TAGS, row }, from: state && { ...state, contributions: from }, to: moved },
  ]);
  expect(result).to.deep.equal(['done']);
}

async function moveRows(
  { derivedRows }: ProofWorld,
  row: Row,
  move: Partial<Pick<RowsMove, 'put' | 'remove'>> & { readonly keys?: RowsState['keys'] },
) {
  const [state] = (await derivedRows.load([{ model: COPIES, row }])) as readonly (RowsState | undefined)[];
  expect(Fault.is(state)).to.equal(false);
  const to = {
    version: state?.version ?? version(1),
    keys: move.keys ?? state?.keys ?? [],
    removed: false,
  };
  const result = await derivedRows.apply([
    { source: { model: COPIES, row }, from: state, to, put: move.put ?? [], remove: move.remove ?? [] },
  ]);
  expect(result).to.deep.equal(['done']);
}

const COPY = { table: undefined, key: { PK: 'COPY', SK: 'bob/1' } };
const OTHER_COPY = { table: undefined, key: { PK: 'COPY', SK: 'nobody' } };
const AUDIT = { table: 'audit', key: { id: 'bob/1' } };

export const PLANTED: readonly Planted[] = [
  {
    name: 'a document that is missing',
    plant: (world) => writeDocument(world, 'ada:1', undefined),
    found: ['missing search document orders/ada:1'],
  },
  {
    name: 'a document of a row that is not there',
    plant: (world) => writeDocument(world, 'zoe:9', { status: 'open' }),
    found: ['extra search document orders/zoe:9'],
  },
  {
    name: 'a document of a row that has none',
    plant: (world) => writeDocument(world, 'cyd:1', { status: 'draft' }),
    found: ['extra search document orders/cyd:1'],
  },
  {
    name: 'a document that no row can have',
    plant: (world) => writeDocument(world, 'what?', { status: 'draft' }),
    found: ['extra search document orders/what?'],
  },
  {
    name: 'a document that says what its row does not',
    plant: (world) => writeDocument(world, 'ada:1', { status: 'lost', total: '5' }),
    found: ['stale search document orders/ada:1'],
  },
  {
    name: 'a row of which nothing is noted as counted, though it is',
    plant: async (world) => {
      await moveCount(world, orderAt('ada', '1'), [tag('open')], []);
      await moveCount(world, orderAt('zoe', '1'), [], [tag('open')]);
    },
    found: [
      'extra tags what is counted for the order row ["CUSTOMER#zoe","ORDER#1"]',
      'missing tags what is counted for the order row ["CUSTOMER#ada","ORDER#1"]',
    ],
  },
  {
    name: 'a row that is counted under another tuple',
    plant: (world) => moveCount(world, orderAt('ada', '1'), [tag('open')], [tag('sent')]),
    found: [
      'stale tags what is counted for the order row ["CUSTOMER#ada","ORDER#1"]',
      'wrong tags count ["open"]',
      'wrong tags count ["sent"]',
    ],
  },
  {
    name: 'a count that is too high',
    plant: (world) => moveCount(world, orderAt('ada', '1'), [], [tag('open')]),
    found: ['wrong tags count ["open"]'],
  },
  {
    name: 'a count that is missing',
    plant: async (world) => {
      await moveCount(world, orderAt('ada', '2'), [tag('sent')], []);
      await moveCount(world, orderAt('ada', '2'), [tag('sent')], [tag('sent')]);
    },
    found: ['missing tags count ["sent"]'],
  },
  {
    name: 'a count of what no row holds',
    plant: async (world) => {
      await moveCount(world, orderAt('ada', '1'), [], [tag('lost')]);
      await moveCount(world, orderAt('ada', '1'), [tag('open')], [tag('open')]);
    },
    found: ['extra tags count ["lost"]'],
  },
  {
    name: 'a pointer that is missing',
    plant: async ({ images }) => {
      const [view] = await images.load([{ model: LATEST, parts: ['ada'] }]);
      if (view === undefined || Fault.is(view)) throw new Error('no view');
      expect(await images.save([{ view, member: undefined }])).to.deep.equal(['done']);
    },
    found: ['missing latest pointer ["CUSTOMER#ada","LATEST"]'],
  },
  {
    name: 'a pointer to a row that is not the newest',
    plant: async ({ images }) => {
      const entity = { model: LATEST, parts: ['ada'] };
      const [view] = await images.load([entity]);
      if (view === undefined || Fault.is(view)) throw new Error('no view');
      const member = { sort: 'ORDER#1', attributes: { status: 'open', order: '1' } };
      expect(await images.save([{ view, member }])).to.deep.equal(['done']);
    },
    found: ['wrong latest pointer ["CUSTOMER#ada","LATEST"]'],
  },
  {
    name: 'a row whose change nobody has handled',
    plant: (world) => world.changeBehind(orderRow('bob', '1', { status: 'open', total: 12 })),
    found: [
      'stale copies row {"id":"bob/1"} in table audit',
      'stale first pointer ["CUSTOMER#bob","FIRST"]',
      'stale search document orders/bob:1',
      'stale spend what is counted for the order row ["CUSTOMER#bob","ORDER#1"]',
      'wrong spend count ["bob"]',
    ],
  },
  {
    name: 'a row whose removal nobody has handled',
    plant: (world) => world.changeBehind(orderRow('bob', '1'), true),
    found: [
      'extra copies row {"PK":"COPY","SK":"bob/1"}',
      'extra copies row {"id":"bob/1"} in table audit',
      'extra copies what is noted as derived from the order row ["CUSTOMER#bob","ORDER#1"]',
      'extra first pointer ["CUSTOMER#bob","FIRST"]',
      'extra latest pointer ["CUSTOMER#bob","LATEST"]',
      'extra search document orders/bob:1',
      'extra spend count ["bob"]',
      'extra spend what is counted for the order row ["CUSTOMER#bob","ORDER#1"]',
      'extra tags what is counted for the order row ["CUSTOMER#bob","ORDER#1"]',
      'wrong tags count ["open"]',
    ],
  },
  {
    name: 'a derived row that is missing',
    plant: (world) => moveRows(world, orderAt('bob', '1'), { remove: [AUDIT] }),
    found: ['missing copies row {"id":"bob/1"} in table audit'],
  },
  {
    name: 'a derived row that says something else',
    plant: (world) =>
      moveRows(world, orderAt('bob', '1'), { put: [{ ...COPY, attributes: { status: 'lost' } }] }),
    found: ['stale copies row {"PK":"COPY","SK":"bob/1"}'],
  },
  {
    name: 'a derived row of which nobody knows any more',
    plant: (world) =>
      moveRows(world, orderAt('bob', '1'), { put: [{ ...OTHER_COPY, attributes: { status: 'open' } }] }),
    found: ['extra copies row {"PK":"COPY","SK":"nobody"}'],
  },
  {
    name: 'a derived row that is of a row that is not there',
    plant: async (world) => {
      await moveRows(world, orderAt('bob', '1'), { remove: [COPY] });
      await moveRows(world, orderAt('zoe', '1'), { put: [{ ...COPY, attributes: { status: 'open' } }] });
    },
    found: ['extra copies row {"PK":"COPY","SK":"bob/1"}', 'wrong copies row {"PK":"COPY","SK":"bob/1"}'],
  },
  {
    name: 'a row of which is noted that less is derived than is',
    plant: (world) => moveRows(world, orderAt('bob', '1'), { keys: [COPY] }),
    found: ['stale copies what is noted as derived from the order row ["CUSTOMER#bob","ORDER#1"]'],
  },
];
