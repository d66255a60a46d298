import { expect } from 'chai';
import { ElectroDbDerivedRowRepository } from '../../../../../src/adapters/aws/electrodb/rows/electrodb-derived-row-repository.ts';
import type { DerivedRow, RowsMove } from '../../../../../src/domain/derived-rows.ts';
import { Fault } from '../../../../../src/domain/fault.ts';
import { fleet } from '../../../../../src/fleet/definition.ts';
import { anOrder, aKey, aRow, moveTo, state } from '../../../../contracts/derived-row-repository/harness.ts';
import { isRejected } from '../../../../support/is-rejected.ts';
import { range } from '../../../../support/range.ts';
import {
  allUnprocessed,
  cancelled,
  DocumentClientDouble,
  type TransactWrite,
} from '../document-client-double.ts';

const TABLES = { table: 'shop', stateTable: 'states', keys: fleet.model.keys };

function connect() {
  const double = new DocumentClientDouble();
  return { double, rows: new ElectroDbDerivedRowRepository(double.client, TABLES) };
}

const fresh = (...put: DerivedRow[]) => moveTo(anOrder(), undefined, 1, put);

async function faultOf(rows: ElectroDbDerivedRowRepository, move: RowsMove): Promise<Fault> {
  const [result] = await rows.apply([move]);
  if (Fault.is(result)) return result;
  throw new Error(`the move is ${result}`);
}

/** An order with these parts in its key. */
const NAMED = anOrder('7', 'ann');
const ORIGIN = 'lines 12#CUSTOMER#annORDER#7';
/** In another table it is said of which table the source is, too. */
const ORIGIN_ELSEWHERE = 'lines@shop 12#CUSTOMER#annORDER#7';

describe('ElectroDbDerivedRowRepository', () => {
  it('given a move, when applied, then state and rows are one transaction, each on its condition', async () => {
    const { double, rows } = connect();
    const put = aRow({ item: 'tea' }, { table: undefined, key: { PK: 'P', SK: 'a' } });
    const elsewhere = { table: 'audit', key: { id: 'x' }, attributes: {} };
    const from = state(1, [{ table: undefined, key: { PK: 'P', SK: 'b' } }]);
    expect(await rows.apply([moveTo(NAMED, from, 2, [put, elsewhere])])).to.deep.equal(['done']);
    const own = {
      ConditionExpression: 'attribute_not_exists(#key) OR #origin = :origin',
      ExpressionAttributeNames: { '#key': 'PK', '#origin': 'derived_from' },
      ExpressionAttributeValues: { ':origin': ORIGIN },
    };
    expect(double.writes).to.deep.equal([
      {
        TransactItems: [
          {
            Put: {
              TableName: 'states',
              Item: {
                PK: `STATE#lines#12#CUSTOMER#annORDER#7`,
                SK: 'STATE',
                form: 2,
                generation: 0,
                epoch: '2026-01-05T09:00:00.000',
                sequence: '2',
                removed: false,
                given: [
                  {
                    key: { PK: 'P', SK: 'a' },
                  },
                  { table: 'audit', key: { id: 'x' } },
                ],
                __edb_e__: 'rows-state',
                __edb_v__: '1',
              },
              ConditionExpression:
                '(#generation = :generation OR attribute_not_exists(#generation)) AND #epoch = :epoch AND #sequence = :sequence AND attribute_not_exists(#fill)',
              ExpressionAttributeNames: {
                '#generation': 'generation',
                '#epoch': 'epoch',
                '#sequence': 'sequence',
                '#fill': 'fill',
              },
              ExpressionAttributeValues: {
                ':generation': 0,
                ':epoch': '2026-01-05T09:00:00.000',
                ':sequence': '1',
              },
            },
          },
          {
            Put: {
              TableName: 'shop',
              Item: { PK: 'P', SK: 'a', item: 'tea', derived_from: ORIGIN },
              ...own,
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
          {
            Put: {
              TableName: 'audit',
              Item: { id: 'x', derived_from: ORIGIN_ELSEWHERE },
              ...own,
              ExpressionAttributeNames: { '#key': 'id', '#origin': 'derived_from' },
              ExpressionAttributeValues: { ':origin': ORIGIN_ELSEWHERE },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
          { Delete: { TableName: 'shop', Key: { PK: 'P', SK: 'b' }, ...own } },
        ],
      },
    ]);
  });

  it('given a removed row, when applied, then its tombstone ends, and no other state does', async () => {
    const { double, rows } = connect();
    const [gone, there] = [moveTo(anOrder(), undefined, 1, [], { removed: true }), fresh()];
    await rows.apply([gone, there]);
    const items = double.writes[0]?.TransactItems.map(({ Put }) => Put?.['Item']);
    expect(items?.[0]).to.have.property('expires_at');
    expect(items?.[1]).not.to.have.property('expires_at');
  });

  it('given a move from a fill, when applied, then its condition is that fill', async () => {
    const { double, rows } = connect();
    const from = state(1);
    await rows.apply([moveTo(NAMED, { ...from, version: { ...from.version, fill: 9 } }, 2, [])]);
    const put = double.writes[0]?.TransactItems[0]?.['Put'];
    expect(put?.['ConditionExpression']).to.match(/ AND #sequence = :sequence AND #fill = :fill$/);
    expect(put?.['ExpressionAttributeValues']).to.include({ ':fill': 9 });
  });

  it('given many moves, when applied, then each transaction has a hundred items at most', async () => {
    const { double, rows } = connect();
    expect(new Set(await rows.apply(range(120).map(() => fresh(aRow()))))).to.deep.equal(new Set(['done']));
    expect(double.writes.map(({ TransactItems }) => TransactItems.length)).to.deep.equal([100, 100, 40]);
  });

  it('given large rows, when applied, then no transaction has more than four megabytes', async () => {
    const { double, rows } = connect();
    await rows.apply(range(25).map(() => fresh(aRow({ large: 'é'.repeat(190_000) }))));
    expect(double.writes.map(({ TransactItems }) => TransactItems.length)).to.deep.equal([20, 20, 10]);
  });

  it('given moves with one key, when applied, then one after the other', async () => {
    const { double, rows } = connect();
    const key = aKey();
    await rows.apply([fresh(aRow({}, key)), fresh(aRow({}, key)), fresh()]);
    expect(double.writes.map(({ TransactItems }) => TransactItems.length)).to.deep.equal([2, 1, 2]);
    expect(double.mostAtOnce).to.equal(2);
  });

  it('given a state of a later form, when read, then it says what to do', async () => {
    const { double, rows } = connect();
    double.answerRead = ({ RequestItems }) => {
      const keys = RequestItems['states']?.Keys ?? [];
      expect(RequestItems['states']?.ConsistentRead).to.equal(true);
      return { Responses: { states: keys.map((key) => ({ ...key, form: 5, given: [] })) } };
    };
    const [fault] = await rows.load([NAMED]);
    expect(Fault.is(fault) && [fault.kind, fault.message]).to.deep.equal([
      'configuration',
      'a state of lines is of form 5, and this version knows none after 4: a later version has written it; deploy that one',
    ]);
  });

  it('given a key that is left unprocessed, when read, then it is a transient fault', async () => {
    const { double, rows } = connect();
    double.answerRead = allUnprocessed;
    const [fault] = await rows.load([NAMED]);
    expect(Fault.is(fault) && fault.kind).to.equal('transient');
  });

  const impossible: readonly [what: string, row: DerivedRow, kind: string, words: string][] = [
    ['the own table by its name', { ...aRow(), table: 'shop' }, 'configuration', 'leave table out'],
    [
      'a long partition key',
      aRow({}, aKey('a', 'é'.repeat(1_025))),
      'permanent',
      'is 2050 bytes, and DynamoDB accepts 2048',
    ],
    [
      'a long sort key',
      aRow({}, aKey('a'.repeat(1_025))),
      'permanent',
      'is 1025 bytes, and DynamoDB accepts 1024',
    ],
    [
      'a long key of another table',
      { table: 't', key: { id: 'a'.repeat(2_049) }, attributes: {} },
      'permanent',
      'accepts 2048',
    ],
    [
      'more than 400 KB',
      aRow({ large: 'x'.repeat(409_600) }),
      'permanent',
      'bytes, and DynamoDB accepts 409600',
    ],
  ];
  for (const [what, row, kind, words] of impossible)
    it(`given a row with ${what}, then its move is refused before it is sent, and others are done`, async () => {
      const { double, rows } = connect();
      const [fault, done] = await rows.apply([moveTo(NAMED, undefined, 1, [row]), fresh()]);
      expect(Fault.is(fault) && fault.kind).to.equal(kind);
      expect(Fault.is(fault) && fault.message)
        .to.contain('lines')
        .and.contain('CUSTOMER#ann')
        .and.contain(words);
      expect(done).to.equal('done');
      expect(double.writes).to.have.length(1);
    });

  it('given a row that is too large, when refused, then that is permanent, and others are done', async () => {
    const { double, rows } = connect();
    double.answerWrite = (request, nth) => {
      if (nth === 1)
        throw cancelled(request, { 1: 'ValidationError' }, 'Item size has exceeded the maximum allowed size');
      return {};
    };
    const [fault, done] = await rows.apply([fresh(aRow()), fresh(aRow())]);
    expect(Fault.is(fault) && fault.kind).to.equal('permanent');
    expect(done).to.equal('done');
  });

  for (const [code, result] of [
    ['TransactionConflict', 'conflict'],
    ['ThrottlingError', 'transient'],
    ['ProvisionedThroughputExceeded', 'transient'],
  ] as const)
    it(`given ${code} of one row, then it is in the way of all`, async () => {
      const { double, rows } = connect();
      double.answerWrite = (request: TransactWrite) => {
        throw cancelled(request, { 1: code });
      };
      const results = await rows.apply([fresh(aRow()), fresh(aRow())]);
      expect(results.map((each) => (Fault.is(each) ? each.kind : each))).to.deep.equal([result, result]);
      expect(double.writes).to.have.length(1);
    });

  it('given a key that its table does not have, then that move says so, and others are done', async () => {
    const { double, rows } = connect();
    double.answerWrite = (request, nth) => {
      const message = 'The provided key element does not match the schema';
      if (nth === 1) throw cancelled(request, { 1: 'ValidationError' }, message);
      return {};
    };
    const [fault, done] = await rows.apply([fresh(aRow()), fresh(aRow())]);
    expect(Fault.is(fault) && [fault.kind, fault.message]).to.deep.equal([
      'configuration',
      "lines gives rows whose keys their tables do not have: shop (PK S, SK S) (ValidationError: The provided key element does not match the schema); give the attributes of each table's key, each of its type",
    ]);
    expect(done).to.equal('done');
  });

  it('given a request that is denied, then the tables are named, and what to set', async () => {
    const { double, rows } = connect();
    double.answerWrite = () => {
      throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    };
    const fault = await faultOf(rows, fresh(aRow(), { table: 'audit', key: { id: 'x' }, attributes: {} }));
    expect([fault.kind, fault.message]).to.deep.equal([
      'configuration',
      'table audit or shop or states: access denied (AccessDeniedException: no); grant the missing permission to the role or user of the credentials',
    ]);
  });

  it('given an abort while a request is under way, then it rejects, and no further one starts', async () => {
    const { double, rows } = connect();
    const aborting = new AbortController();
    double.onRequest = () => aborting.abort();
    const applying = rows.apply(
      range(300).map(() => fresh(aRow())),
      aborting.signal,
    );
    expect(await isRejected(applying)).to.equal(true);
    expect(double.mostAtOnce).to.equal(1);
  });
});
