import { expect } from 'chai';
import { type Contribution, contributionOf, type CountModel } from '../../../src/domain/count.ts';
import type { CountState } from '../../../src/domain/count-move.ts';
import { Decimal } from '../../../src/domain/decimal.ts';
import type { RowsMove, RowsModel, RowsState } from '../../../src/domain/derived-rows.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { PointerModel } from '../../../src/domain/pointer.ts';
import type { Row } from '../../../src/domain/row.ts';
import { version } from '../../support/factories.ts';
import type { TableRow } from '../../support/stream-records.ts';
import { orderRow, ProofWorld, PROVED } from './proof-world.ts';

/** One kind of drift: how it comes about behind the worker's back, and what must be found of it. */
export interface Planted {
  readonly name: string;
  /** @param p what all names begin with, so that others can be planted beside it. */
  readonly plant: (world: ProofWorld, p: string) => Promise<unknown>;
  readonly found: (p: string) => readonly string[];
}

/** What is found where it is mended: counts that are only not what rows say because these are not counted so are right once they are. */
export function foundByRepair({ found }: Planted, p: string): readonly string[] {
  const words = found(p);
  const followRows = words.some((word) => word.includes('what is counted for'));
  return followRows ? words.filter((word) => !word.includes(' count [')) : words;
}

const [TAGS] = PROVED.model.counts as [CountModel];
const [LATEST] = PROVED.model.pointers as [PointerModel];
const [COPIES] = PROVED.model.derivedRows as [RowsModel];

/** The rows that every kind is planted among. */
export function plantedRows(p: string): readonly TableRow[] {
  return [
    orderRow(`${p}ada`, '1', { status: `${p}open`, total: 5 }),
    orderRow(`${p}ada`, '2', { status: `${p}sent`, total: 7 }),
    orderRow(`${p}bob`, '1', { status: `${p}open`, total: 11 }),
    orderRow(`${p}cyd`, '1', { status: `${p}draft`, total: 13 }),
  ];
}

/** A world in memory with those rows, and nothing planted. */
export async function aPlantedWorld(): Promise<ProofWorld> {
  const world = await ProofWorld.inMemory();
  await world.write(...plantedRows(''));
  return world;
}

export function orderAt(customer: string, id: string): Row {
  return { model: PROVED.model.rows.find(({ name }) => name === 'order')!, parts: [customer, id] };
}

/** An index that keeps versions itself takes nothing older than what it has. */
async function writeDocument(
  { index, fences }: ProofWorld,
  id: string,
  document: Record<string, string> | undefined,
) {
  const [fence] = await fences.load([{ collection: 'orders', id }]);
  if (Fault.is(fence)) throw fence;
  const write = { id, document, version: fence?.version ?? version(0) };
  expect(await index.apply('orders', [write])).to.deep.equal(['done']);
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

const copyOf = (p: string) => ({ table: undefined, key: { PK: 'COPY', SK: `${p}bob/1` } });
const otherCopy = (p: string) => ({ table: undefined, key: { PK: 'COPY', SK: `${p}nobody` } });
const auditOf = (p: string) => ({ table: 'audit', key: { id: `${p}bob/1` } });

export const PLANTED: readonly Planted[] = [
  {
    name: 'a document that is missing',
    plant: (world, p) => writeDocument(world, `${p}ada:1`, undefined),
    found: (p) => [`missing search document orders/${p}ada:1`],
  },
  {
    name: 'a document of a row that is not there',
    plant: (world, p) => writeDocument(world, `${p}zoe:9`, { status: `${p}open` }),
    found: (p) => [`extra search document orders/${p}zoe:9`],
  },
  {
    name: 'a document of a row that has none',
    plant: (world, p) => writeDocument(world, `${p}cyd:1`, { status: `${p}draft` }),
    found: (p) => [`extra search document orders/${p}cyd:1`],
  },
  {
    name: 'a document that no row can have',
    plant: (world, p) => writeDocument(world, `${p}what?`, { status: `${p}draft` }),
    found: (p) => [`extra search document orders/${p}what?`],
  },
  {
    name: 'a document that says what its row does not',
    plant: (world, p) => writeDocument(world, `${p}ada:1`, { status: `${p}lost`, total: '5' }),
    found: (p) => [`stale search document orders/${p}ada:1`],
  },
  {
    name: 'a row of which nothing is noted as counted, though it is',
    plant: async (world, p) => {
      await moveCount(world, orderAt(`${p}ada`, '1'), [tag(`${p}open`)], []);
      await moveCount(world, orderAt(`${p}zoe`, '1'), [], [tag(`${p}open`)]);
    },
    found: (p) => [
      `extra tags what is counted for the order row ["CUSTOMER#${p}zoe","ORDER#1"]`,
      `missing tags what is counted for the order row ["CUSTOMER#${p}ada","ORDER#1"]`,
    ],
  },
  {
    name: 'a row that is counted under another tuple',
    plant: (world, p) => moveCount(world, orderAt(`${p}ada`, '1'), [tag(`${p}open`)], [tag(`${p}sent`)]),
    found: (p) => [
      `stale tags what is counted for the order row ["CUSTOMER#${p}ada","ORDER#1"]`,
      `wrong tags count ["${p}open"]`,
      `wrong tags count ["${p}sent"]`,
    ],
  },
  {
    name: 'a count that is too high',
    plant: (world, p) => moveCount(world, orderAt(`${p}ada`, '1'), [], [tag(`${p}open`)]),
    found: (p) => [`wrong tags count ["${p}open"]`],
  },
  {
    name: 'a count that is missing',
    plant: async (world, p) => {
      await moveCount(world, orderAt(`${p}ada`, '2'), [tag(`${p}sent`)], []);
      await moveCount(world, orderAt(`${p}ada`, '2'), [tag(`${p}sent`)], [tag(`${p}sent`)]);
    },
    found: (p) => [`missing tags count ["${p}sent"]`],
  },
  {
    name: 'a count of what no row holds',
    plant: async (world, p) => {
      await moveCount(world, orderAt(`${p}ada`, '1'), [], [tag(`${p}lost`)]);
      await moveCount(world, orderAt(`${p}ada`, '1'), [tag(`${p}open`)], [tag(`${p}open`)]);
    },
    found: (p) => [`extra tags count ["${p}lost"]`],
  },
  {
    name: 'a pointer that is missing',
    plant: async ({ images }, p) => {
      const [view] = await images.load([{ model: LATEST, parts: [`${p}ada`] }]);
      if (view === undefined || Fault.is(view)) throw new Error('no view');
      expect(await images.save([{ view, member: undefined }])).to.deep.equal(['done']);
    },
    found: (p) => [`missing latest pointer ["CUSTOMER#${p}ada","LATEST"]`],
  },
  {
    name: 'a pointer to a row that is not the newest',
    plant: async ({ images }, p) => {
      const entity = { model: LATEST, parts: [`${p}ada`] };
      const [view] = await images.load([entity]);
      if (view === undefined || Fault.is(view)) throw new Error('no view');
      const member = { sort: 'ORDER#1', attributes: { status: `${p}open`, order: '1' } };
      expect(await images.save([{ view, member }])).to.deep.equal(['done']);
    },
    found: (p) => [`wrong latest pointer ["CUSTOMER#${p}ada","LATEST"]`],
  },
  {
    name: 'a row whose change nobody has handled',
    plant: (world, p) => world.changeBehind(orderRow(`${p}bob`, '1', { status: `${p}open`, total: 12 })),
    found: (p) => [
      `stale copies row {"id":"${p}bob/1"} in table audit`,
      `stale first pointer ["CUSTOMER#${p}bob","FIRST"]`,
      `stale search document orders/${p}bob:1`,
      `stale spend what is counted for the order row ["CUSTOMER#${p}bob","ORDER#1"]`,
      `wrong spend count ["${p}bob"]`,
    ],
  },
  {
    name: 'a row whose removal nobody has handled',
    plant: (world, p) => world.changeBehind(orderRow(`${p}bob`, '1'), true),
    found: (p) => [
      `extra copies row {"PK":"COPY","SK":"${p}bob/1"}`,
      `extra copies row {"id":"${p}bob/1"} in table audit`,
      `extra copies what is noted as derived from the order row ["CUSTOMER#${p}bob","ORDER#1"]`,
      `extra first pointer ["CUSTOMER#${p}bob","FIRST"]`,
      `extra latest pointer ["CUSTOMER#${p}bob","LATEST"]`,
      `extra search document orders/${p}bob:1`,
      `extra spend count ["${p}bob"]`,
      `extra spend what is counted for the order row ["CUSTOMER#${p}bob","ORDER#1"]`,
      `extra tags what is counted for the order row ["CUSTOMER#${p}bob","ORDER#1"]`,
      `wrong tags count ["${p}open"]`,
    ],
  },
  {
    name: 'a derived row that is missing',
    plant: (world, p) => moveRows(world, orderAt(`${p}bob`, '1'), { remove: [auditOf(p)] }),
    found: (p) => [`missing copies row {"id":"${p}bob/1"} in table audit`],
  },
  {
    name: 'a derived row that says something else',
    plant: (world, p) =>
      moveRows(world, orderAt(`${p}bob`, '1'), {
        put: [{ ...copyOf(p), attributes: { status: `${p}lost` } }],
      }),
    found: (p) => [`stale copies row {"PK":"COPY","SK":"${p}bob/1"}`],
  },
  {
    name: 'a derived row of which nobody knows any more',
    plant: (world, p) =>
      moveRows(world, orderAt(`${p}bob`, '1'), {
        put: [{ ...otherCopy(p), attributes: { status: `${p}open` } }],
      }),
    found: (p) => [`extra copies row {"PK":"COPY","SK":"${p}nobody"}`],
  },
  {
    name: 'a derived row that is of a row that is not there',
    plant: async (world, p) => {
      await moveRows(world, orderAt(`${p}bob`, '1'), { remove: [copyOf(p)] });
      await moveRows(world, orderAt(`${p}zoe`, '1'), {
        put: [{ ...copyOf(p), attributes: { status: `${p}open` } }],
      });
    },
    found: (p) => [
      `extra copies row {"PK":"COPY","SK":"${p}bob/1"}`,
      `wrong copies row {"PK":"COPY","SK":"${p}bob/1"}`,
    ],
  },
  {
    name: 'a row of which is noted that less is derived than is',
    plant: (world, p) => moveRows(world, orderAt(`${p}bob`, '1'), { keys: [copyOf(p)] }),
    found: (p) => [`stale copies what is noted as derived from the order row ["CUSTOMER#${p}bob","ORDER#1"]`],
  },
];
