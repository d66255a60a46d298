import { expect } from 'chai';
import { ElectroDbMatcherRepository } from '../../../../../src/adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
import type { CountMove, CountState } from '../../../../../src/domain/count-move.ts';
import type { Tuple } from '../../../../../src/domain/count.ts';
import { Fault } from '../../../../../src/domain/fault.ts';
import { fleet } from '../../../../../src/fleet/definition.ts';
import { contribution, link } from '../../../../support/factories.ts';
import { kindsOf } from '../../../../support/kinds.ts';
import { range } from '../../../../support/range.ts';
import { cancelled, DocumentClientDouble, type TransactWrite } from '../document-client-double.ts';

const HOT: Tuple = { manufacturer: 'CESSNA', model: '172S', type_designator: 'C172' };
const state = (sequence: string, tuple?: Tuple): CountState => ({
  version: { generation: 0, epoch: '2026-01-05T09:00:00.000', sequence },
  contributions: tuple === undefined ? [] : [contribution(tuple)],
  removed: false,
});
const coming = (serial: string, tuple = HOT): CountMove => ({
  source: link(serial, '1'),
  from: undefined,
  to: state('1', tuple),
});
const links = (count: number) => range(count).map((n) => coming(`${n}`));
const leaving = (move: CountMove): CountMove => ({ ...move, from: move.to, to: state('2') });

const MOVES = 250;
/** Transactions of them. */
const STATES = 4;

describe('the commit of more moves of a count than fit a transaction', () => {
  let double: DocumentClientDouble;
  let matcher: ElectroDbMatcherRepository;

  beforeEach(() => {
    double = new DocumentClientDouble();
    matcher = new ElectroDbMatcherRepository(double.client, {
      table: 'rows',
      keys: fleet.model.keys,
      stateTable: 'states',
    });
  });

  const sizes = () => double.writes.map(({ TransactItems }) => TransactItems.length);
  const isCommit = ({ TransactItems: [first] }: TransactWrite) =>
    String((first?.['Put']?.['Item'] as { PK?: string } | undefined)?.PK).startsWith('COMMIT#');
  const isAbort = (request: TransactWrite) => isCommit(request) && request.TransactItems.length === 1;
  /** Answers commits, the first and so on; states are written, and what is aborted is. */
  const answering = (answer: (request: TransactWrite, nth: number) => object) => {
    let commits = 0;
    double.answerWrite = (request) =>
      isCommit(request) && !isAbort(request) ? answer(request, ++commits) : {};
  };
  const refusedRecord = (request: TransactWrite, outcome?: string) => {
    const refusal = cancelled(request, { 0: 'ConditionalCheckFailed' });
    const [reason] = refusal.CancellationReasons ?? [];
    if (reason !== undefined && outcome !== undefined) reason.Item = { outcome: { S: outcome } };
    return refusal;
  };

  it('given links that come, then states go first, all at once, and name what the record is of', async () => {
    expect(new Set(await matcher.apply(links(MOVES)))).to.deep.equal(new Set(['done']));
    expect(sizes()).to.deep.equal([63, 63, 63, 61, 2]);
    expect(double.mostAtOnce).to.equal(STATES);
    const [commit] = double.writes.slice(-1);
    expect(isCommit(commit!)).to.equal(true);
    const record = commit!.TransactItems[0]?.['Put']?.['Item'] as { PK: string; expires_at?: number };
    expect(record).to.include({ PK: record.PK, SK: 'COMMIT', outcome: 'committed' });
    expect(record, 'states may name it for ever').not.to.have.property('expires_at');
    const put = double.writes[0]?.TransactItems[0]?.['Put'];
    expect(put?.['Item']).to.deep.include({
      form: 4,
      commit: record.PK.slice('COMMIT#'.length),
      sequence: '1',
      removed: false,
    });
    expect(put?.['Item'], 'there was nothing').not.to.have.property('was');
    expect(put?.['ConditionExpression']).to.equal(
      'attribute_not_exists(#form) AND attribute_not_exists(#sequence)',
    );
    expect(JSON.stringify(commit!.TransactItems[1])).to.contain(`":amount":${MOVES}`);
  });

  it('given no more than fit, then there is none', async () => {
    await matcher.apply(links(99));
    expect(sizes()).to.deep.equal([100]);
    expect(double.writes.some(isCommit)).to.equal(false);
  });

  it('given others at the count, then the commit is tried again, and states are not', async () => {
    answering((request, nth) => {
      if (nth < 3) throw cancelled(request, { 1: 'TransactionConflict' });
      return {};
    });
    expect(new Set(await matcher.apply(links(MOVES)))).to.deep.equal(new Set(['done']));
    expect(sizes()).to.have.length(STATES + 3);
  });

  it('given others at the count for good, then all is to be decided again', async () => {
    answering((request) => {
      throw cancelled(request, { 1: 'TransactionConflict' });
    });
    expect(new Set(await matcher.apply(links(MOVES)))).to.deep.equal(new Set(['conflict']));
  });

  for (const [outcome, result] of [
    ['committed', 'done'],
    ['aborted', 'conflict'],
  ] as const)
    it(`given a record that says ${outcome}, then moves are ${result}, at once`, async () => {
      answering((request) => {
        throw refusedRecord(request, outcome);
      });
      expect(new Set(await matcher.apply(links(MOVES)))).to.deep.equal(new Set([result]));
      expect(sizes()).to.have.length(STATES + 1);
    });

  it('given states that are others by now, then they are conflicts, and the rest is committed', async () => {
    double.answerWrite = (request, nth) => {
      if (nth === 1) throw cancelled(request, { 0: 'ConditionalCheckFailed', 5: 'ConditionalCheckFailed' });
      return {};
    };
    const results = kindsOf(await matcher.apply(links(MOVES)));
    expect(results.filter((kind) => kind === 'conflict')).to.have.length(2);
    expect(results.filter((kind) => kind === 'done')).to.have.length(MOVES - 2);
    expect(JSON.stringify(double.writes.at(-1))).to.contain(`":amount":${MOVES - 2}`);
  });

  it('given a state that is refused, then it alone is poison, by itself', async () => {
    double.answerWrite = (request) => {
      const at = request.TransactItems.findIndex((item) => JSON.stringify(item).includes('SN#bad'));
      if (at >= 0)
        throw cancelled(
          request,
          { [at]: 'ValidationError' },
          'Item size has exceeded the maximum allowed size',
        );
      return {};
    };
    const results = kindsOf(await matcher.apply([...links(MOVES), coming('bad')]));
    expect(results).to.deep.equal([...range(MOVES).map(() => 'done'), 'permanent']);
  });

  it('given a count that refuses, then it is aborted, and the usual way says why', async () => {
    const refuse = () => {
      throw Object.assign(new Error('An operand in the update expression has an incorrect data type'), {
        name: 'ValidationException',
      });
    };
    double.answerWrite = (request) =>
      request.TransactItems.some(({ Update }) => Update !== undefined) ? refuse() : {};
    double.answerRead = ({ RequestItems }) => {
      const states = double.writes.flatMap(({ TransactItems }) =>
        TransactItems.flatMap(({ Put }) => Put?.['Item'] ?? []),
      );
      const rowOf = ({ PK, SK }: { PK?: unknown; SK?: unknown }) =>
        (states as { PK: unknown; SK: unknown; outcome?: unknown }[]).find(
          (row) => row.PK === PK && row.SK === SK && row.outcome !== 'committed',
        );
      return {
        Responses: {
          rows: RequestItems['rows']?.Keys.map((key) => ({ ...key, count: 'five' })) ?? [],
          states: RequestItems['states']?.Keys.flatMap((key) => rowOf(key) ?? []) ?? [],
        },
      };
    };
    const results = await matcher.apply(links(MOVES));
    expect(new Set(kindsOf(results))).to.deep.equal(new Set(['configuration']));
    expect((results[0] as Fault).message).to.match(
      /^the count of .*172S.* is not an integer: something other than/,
    );
    expect(double.writes.filter(isAbort)).to.have.length(1);
    expect(double.puts, 'states as they were').to.have.length(MOVES);
  });

  it('given a lost connection, then nothing more is sent, and all may be done or not', async () => {
    double.answerWrite = (request) => {
      if (!isCommit(request)) return {};
      throw Object.assign(new Error('no'), { name: 'InternalServerError' });
    };
    const results = kindsOf(await matcher.apply(links(MOVES)));
    expect(new Set(results)).to.deep.equal(new Set(['transient']));
    expect(sizes()).to.have.length(STATES + 1);
  });

  it('given counts that all leave, then it goes on condition that no other has come', async () => {
    double.answerRead = ({ RequestItems }) => ({
      Responses: { rows: RequestItems['rows']?.Keys.map((key) => ({ ...key, count: MOVES })) ?? [] },
    });
    const moves = links(MOVES).map(leaving);
    expect(new Set(await matcher.apply(moves))).to.deep.equal(new Set(['done']));
    expect(Object.keys(double.writes.at(-1)?.TransactItems[1] ?? {})).to.deep.equal(['Delete']);
    const put = double.writes[0]?.TransactItems[0]?.['Put']?.['Item'] as { was: object };
    expect(put.was, 'what the state was').to.include({ sequence: '1', removed: false });
  });
});
