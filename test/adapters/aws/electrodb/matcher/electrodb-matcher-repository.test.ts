import { expect } from 'chai';
import { ElectroDbMatcherRepository } from '../../../../../src/adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
import { Fault } from '../../../../../src/domain/fault.ts';
import type { CountMove, CountState } from '../../../../../src/domain/count-move.ts';
import type { Tuple } from '../../../../../src/domain/count.ts';
import { fleet } from '../../../../../src/fleet/definition.ts';
import { anOrder, counting, SPEND, TAGS } from '../../../../contracts/matcher-repository/shop.ts';
import { contribution, link } from '../../../../support/factories.ts';
import { kindsOf } from '../../../../support/kinds.ts';
import { range } from '../../../../support/range.ts';
import {
  allUnprocessed,
  type BatchGet,
  cancelled,
  DocumentClientDouble,
  type TransactWrite,
} from '../document-client-double.ts';
import { isRejected } from '../../../../support/is-rejected.ts';

const NO_NUMBER = 'An operand in the update expression has an incorrect data type';
const HOT: Tuple = { manufacturer: 'CESSNA', model: '172S', type_designator: 'C172' };
const state = (sequence: string, tuple?: Tuple): CountState => ({
  version: { generation: 0, epoch: '2026-01-05T09:00:00.000', sequence },
  contributions: tuple === undefined ? [] : [contribution(tuple)],
  removed: false,
});
const joiningIn = (serial: string, tuple: Tuple): CountMove => ({
  source: link(serial, '1'),
  from: undefined,
  to: state('1', tuple),
});
const joining = (serial: string) => joiningIn(serial, HOT);
const leaving = (serial: string, from = HOT): CountMove => ({
  source: link(serial, '1'),
  from: state('1', from),
  to: state('2'),
});
const removed = (serial: string): CountMove => ({ ...leaving(serial), to: { ...state('2'), removed: true } });

describe('ElectroDbMatcherRepository', () => {
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

  /** Answers that the tuple is held so often, and that links are in the state they were before they leave. */
  const countOf = (count: number) => {
    double.answerRead = ({ RequestItems }: BatchGet) => ({
      Responses: {
        rows: RequestItems['rows']?.Keys.map((key) => ({ ...key, count })) ?? [],
        states:
          RequestItems['states']?.Keys.map((key) => ({ ...key, ...state('1').version, removed: false })) ??
          [],
      },
    });
  };
  const itemsPut = () =>
    double.writes
      .flatMap(({ TransactItems }) => TransactItems)
      .flatMap(({ Put }) => (Put === undefined ? [] : [Put['Item'] as Readonly<Record<string, unknown>>]));
  const itemsOf = (nth: number) => double.writes[nth]?.TransactItems.length;
  const rejecting =
    (name: string, message = 'no', parts: object = {}) =>
    () => {
      throw Object.assign(new Error(message), { name, ...parts });
    };
  /** Cancels transactions with an item that is this one. */
  const refusing = (isBad: (item: TransactWrite['TransactItems'][number]) => boolean, message: string) => {
    double.answerWrite = (request) => {
      const at = request.TransactItems.findIndex(isBad);
      if (at >= 0) throw cancelled(request, { [at]: 'ValidationError' }, message);
      return {};
    };
  };

  it('given a link that comes and one that goes, then only what is left of the second ends, in 30 days', async () => {
    countOf(1);
    expect(await matcher.apply([joining('a'), removed('b')])).to.deep.equal(['done', 'done']);
    const [came, went] = ['a', 'b'].map((serial) =>
      itemsPut().find((item) => String(item['PK']).endsWith(`#SN#${serial}`)),
    );
    expect(came).to.include({ removed: false }).and.not.have.property('expires_at');
    expect(went).to.include({ removed: true });
    expect(went?.['expires_at']).to.be.closeTo(Date.now() / 1_000 + 30 * 24 * 60 * 60, 60);
  });

  it('given keys left unprocessed, when loading, then those links are transient faults', async () => {
    double.answerRead = allUnprocessed;
    const states = await matcher.load([joining('a').source, joining('b').source]);
    expect(kindsOf(states)).to.deep.equal(['transient', 'transient']);
    expect(double.reads).to.have.length(1);
  });

  it('given a count left unread, then what takes from it is a transient fault, and others are applied', async () => {
    double.answerRead = allUnprocessed;
    const results = await matcher.apply([leaving('a'), joining('b'), leaving('c')]);
    expect(kindsOf(results)).to.deep.equal(['transient', 'done', 'transient']);
    expect(double.writes).to.have.length(1);
  });

  for (const code of ['TransactionConflict', 'ConditionalCheckFailed'])
    it(`given a count with ${code}, then its moves are busy, at once`, async () => {
      countOf(3);
      double.answerWrite = (request) => {
        throw cancelled(request, { 3: code });
      };
      const results = await matcher.apply(['a', 'b', 'c'].map((serial) => leaving(serial)));
      expect(results).to.deep.equal(['busy', 'busy', 'busy']);
      expect(double.writes).to.have.length(1);
    });

  it('given links whose state has changed, then they are conflicts, and the others are applied', async () => {
    double.answerWrite = (request, nth) => {
      if (nth === 1) throw cancelled(request, { 1: 'ConditionalCheckFailed' });
      if (nth === 2) throw cancelled(request, { 0: 'ConditionalCheckFailed' });
      return {};
    };
    const results = await matcher.apply(['a', 'b', 'c', 'd'].map(joining));
    expect(results).to.deep.equal(['conflict', 'conflict', 'done', 'done']);
    expect([itemsOf(0), itemsOf(1), itemsOf(2)]).to.deep.equal([5, 4, 3]);
  });

  it('given a changed state and a count in the way, then that one is a conflict, and the others are busy', async () => {
    countOf(2);
    double.answerWrite = (request) => {
      throw cancelled(request, { 0: 'ConditionalCheckFailed', 2: 'ConditionalCheckFailed' });
    };
    expect(await matcher.apply([leaving('a'), leaving('b')])).to.deep.equal(['conflict', 'busy']);
    expect(double.writes).to.have.length(1);
  });

  for (const code of ['ThrottlingError', 'ProvisionedThroughputExceeded'])
    it(`given ${code}, then it is transient, and changed states are conflicts`, async () => {
      double.answerWrite = (request) => {
        throw cancelled(request, { 0: 'ConditionalCheckFailed', 1: 'TransactionConflict', 3: code });
      };
      const [stale, ...others] = await matcher.apply(['a', 'b', 'c'].map(joining));
      expect(stale).to.equal('conflict');
      expect(kindsOf(others)).to.deep.equal(['transient', 'transient']);
      expect((others[0] as Fault).message).to.include(code);
      expect(double.writes).to.have.length(1);
    });

  for (const [said, kind, what] of [
    ['Nesting Levels have exceeded supported limits', 'configuration', 'refused'],
    ['Item size has exceeded the maximum allowed size', 'permanent', 'rejected because of its content'],
  ] as const)
    it(`given a state refused: ${said}, then it alone is ${kind}`, async () => {
      refusing((item) => JSON.stringify(item).includes('SN#bad'), said);
      const results = await matcher.apply(['a', 'b', 'bad', 'c', 'd'].map(joining));
      expect(kindsOf(results)).to.deep.equal(['done', 'done', kind, 'done', 'done']);
      expect((results[2] as Fault).message).to.contain(`table states: ${what} (ValidationError`);
      expect(double.writes).to.have.length(2);
    });

  describe('counts that somebody else wrote', () => {
    const OTHER: Tuple = { ...HOT, model: 'other' };
    const elsewhere = (serial: string): CountMove => ({ ...joining(serial), to: state('1', OTHER) });

    for (const [what, said, message] of [
      [
        'is no number',
        NO_NUMBER,
        /^the count of \["CESSNA","172S","C172"\] in table rows \(PK "ICAO#MATCHER#MFR#CESSNA", SK "MODEL#172S#TYPE#C172"\) is not a number: something other than Contrail wrote it; .* number of rows in table states/,
      ],
      [
        'has an index of another type',
        'Type mismatch for Index Key count Expected: S Actual: N',
        /^the count of \["CESSNA","172S","C172"\]: table rows: refused .*Index Key count.*check TABLE_NAME/,
      ],
    ] as const)
      it(`given a count that ${what}, then the moves of its tuple alone are configuration`, async () => {
        refusing((item) => item['Update'] !== undefined && JSON.stringify(item).includes('172S'), said);
        const results = await matcher.apply([joining('a'), elsewhere('b'), joining('c'), elsewhere('d')]);
        expect(kindsOf(results)).to.deep.equal(['configuration', 'done', 'configuration', 'done']);
        expect((results[0] as Fault).message).to.match(message);
        expect(double.writes).to.have.length(2);
      });

    for (const [what, row] of Object.entries({
      'a text': { count: '5' },
      'a list': { count: [5] },
      'a fraction': { count: 1.5 },
      'not there': {},
    }))
      it(`given a count that is ${what}, when taken from, then its moves are configuration, unasked`, async () => {
        double.answerRead = ({ RequestItems }: BatchGet) => ({
          Responses: { rows: RequestItems['rows']?.Keys.map((key) => ({ ...key, ...row })) ?? [] },
        });
        const results = await matcher.apply([leaving('a'), elsewhere('b'), leaving('c'), elsewhere('d')]);
        expect(kindsOf(results)).to.deep.equal(['configuration', 'done', 'configuration', 'done']);
        expect((results[0] as Fault).message).to.match(
          /^the count of .*172S.* in table rows \(PK .*, SK .*\) is (missing|not an integer): something other than Contrail wrote it/,
        );
        expect(double.writes).to.have.length(1);
      });
  });

  it('given a count that is not a number, as a whole request is refused, then it is found, and others go on', async () => {
    double.answerRead = ({ RequestItems }: BatchGet) => ({
      Responses: {
        rows:
          RequestItems['rows']?.Keys.map((key) => ({
            ...key,
            count: String(key['SK']).includes('172S') ? '5' : 5,
          })) ?? [],
      },
    });
    double.answerWrite = (request) => {
      if (!JSON.stringify(request).includes('172S')) return {};
      return rejecting('ValidationException', NO_NUMBER)();
    };
    const moves = range(20).map((n) => ({
      ...joining(`${n}`),
      to: state('1', { ...HOT, model: n === 7 ? '172S' : `m${n}` }),
    }));
    const results = await matcher.apply(moves);
    expect(kindsOf(results)).to.deep.equal(range(20).map((n) => (n === 7 ? 'configuration' : 'done')));
    expect((results[7] as Fault).message).to.match(
      /^the count of .*172S.* something other than Contrail wrote it/,
    );
    expect([double.writes.length, double.reads.length]).to.deep.equal([2, 1]);
  });

  it('given a refusal for a count that cannot be read, then it is not tried again and again', async () => {
    double.answerRead = ({ RequestItems }: BatchGet) => ({ UnprocessedKeys: RequestItems });
    double.answerWrite = rejecting('ValidationException', NO_NUMBER);
    expect(kindsOf(await matcher.apply([joining('a')]))).to.deep.equal(['configuration']);
    expect([double.writes.length, double.reads.length]).to.deep.equal([1, 1]);
  });

  it('given an unknown code from the third request on, when 300 moves are applied, then none is poison', async () => {
    const refuse = rejecting('UnknownError', 'no', { $metadata: { httpStatusCode: 400 } });
    double.answerWrite = (_, nth) => (nth < 3 ? {} : refuse());
    countOf(300);
    const results = await matcher.apply(range(300).map((n) => removed(`${n}`)));
    expect(kindsOf(results).filter((kind) => kind === 'done')).to.have.length(198);
    expect(kindsOf(results).filter((kind) => kind === 'configuration')).to.have.length(102);
  });

  for (const [what, name, message, status] of [
    ['a table with other keys', 'ValidationException', 'The provided key element does not match the schema'],
    ['a table without transactions', 'ValidationException', 'Transactions are not supported'],
    ['an unknown code', 'SomethingNew', 'no', 400],
    ['a page from a proxy', 'SyntaxError', '<html>', 407],
    ['an account without the service', 'SubscriptionRequiredException', 'no'],
  ] as const)
    it(`given ${what} and 300 moves, then few requests show that none is poison`, async () => {
      double.answerWrite = rejecting(name, message, status && { $metadata: { httpStatusCode: status } });
      const results = await matcher.apply(range(300).map((n) => joining(`${n}`)));
      expect(new Set(kindsOf(results))).to.deep.equal(new Set(['configuration']));
      expect(double.writes.length).to.be.at.most(4 + 2 * 7 + 5);
    });

  it('given reasons that refuse every move, when applied, then none is poison', async () => {
    double.answerWrite = (request) => {
      throw cancelled(
        request,
        Object.fromEntries(request.TransactItems.map((_, index) => [index, 'ValidationError'])),
      );
    };
    const results = await matcher.apply(range(20).map((n) => joining(`${n}`)));
    expect(new Set(kindsOf(results))).to.deep.equal(new Set(['configuration']));
  });

  it('given a token that was used before, when applied, then it is a transient fault', async () => {
    double.answerWrite = rejecting('IdempotentParameterMismatchException');
    expect(kindsOf(await matcher.apply([joining('a')]))).to.deep.equal(['transient']);
  });

  it('given a count that many leave and somebody lowered, then those moves alone are configuration', async () => {
    countOf(3);
    const other = { ...leaving('x'), from: state('1'), to: state('2', { ...HOT, model: 'x' }) };
    const moves = [...range(9).map((n) => leaving(`${n}`)), other];
    const results = await matcher.apply(moves);
    expect(kindsOf(results)).to.deep.equal([...range(9).map(() => 'configuration'), 'done']);
  });

  for (const [what, long, word] of [
    ['a manufacturer', { manufacturer: 'ü'.repeat(1016) }, 'partition'],
    ['a model', { model: 'x'.repeat(1009) }, 'sort'],
    ['a type designator', { type_designator: 'x'.repeat(1009) }, 'sort'],
  ] as const)
    it(`given ${what} too long for a key, then that move alone is poison, unasked`, async () => {
      const tuple = { ...HOT, ...long };
      const tooLong = { ...joining('long'), to: state('1', tuple) };
      const results = await matcher.apply([joining('a'), tooLong]);
      expect(kindsOf(results)).to.deep.equal(['done', 'permanent']);
      expect((results[1] as Fault).message).to.match(
        new RegExp(`its ${word} key, .* bytes, and DynamoDB accepts`),
      );
      expect(itemsOf(0)).to.equal(2);
    });

  it('given a key of the most bytes that DynamoDB takes, when applied, then it is tried', async () => {
    const tuple = { ...HOT, manufacturer: 'x'.repeat(2048 - 'ICAO#MATCHER#MFR#'.length) };
    expect(await matcher.apply([{ ...joining('a'), to: state('1', tuple) }])).to.deep.equal(['done']);
  });

  it('given a count below what leaves and unchanged states, then something else wrote it', async () => {
    countOf(1);
    const results = await matcher.apply([leaving('a'), leaving('b')]);
    expect(kindsOf(results)).to.deep.equal(['configuration', 'configuration']);
    expect((results[1] as Fault).message).to.match(
      /in table rows .*would fall below zero: something other than Contrail wrote it/,
    );
  });

  it('given a count below what leaves and states left unread, when applying, then it is a transient fault', async () => {
    countOf(0);
    const found = double.answerRead;
    double.answerRead = (request, nth) => (nth === 1 ? found(request, nth) : allUnprocessed(request));
    const results = await matcher.apply([leaving('a'), leaving('b')]);
    expect(kindsOf(results)).to.deep.equal(['transient', 'transient']);
    expect((results[0] as Fault).message).to.include('unprocessed');
    expect(double.writes).to.deep.equal([]);
  });

  describe('links of many tuples', () => {
    const ofModel = (model: string, count: number) =>
      range(count).map((n) => joiningIn(`${model}-${n}`, { ...HOT, model }));

    it('given tuples that fit a transaction, then none is divided, and they are moved at the same time', async () => {
      const moves = range(24).flatMap((n) => ofModel(`M${n}`, 30));
      expect(new Set(kindsOf(await matcher.apply(moves)))).to.deep.equal(new Set(['done']));
      expect(range(double.writes.length).map(itemsOf)).to.deep.equal(range(8).map(() => 93));
      expect(double.mostAtOnce).to.equal(8);
    });

    it('given not many, then up to four transactions share them, each the sooner through for it', async () => {
      const moves = range(12).flatMap((n) => ofModel(`M${n}`, 10));
      expect(new Set(kindsOf(await matcher.apply(moves)))).to.deep.equal(new Set(['done']));
      expect(range(double.writes.length).map(itemsOf)).to.deep.equal([44, 44, 44]);
      expect(double.mostAtOnce).to.equal(3);
    });

    it('given links that go from tuple to tuple, then those that hang together share a transaction', async () => {
      countOf(1);
      const toNext = (n: number) => ({ ...HOT, model: `${'MAZBY'[Math.floor(n / 20)]}${n % 20}` });
      const moves = range(80).map((n): CountMove => ({
        ...leaving(`${n}`, toNext(n)),
        to: state('2', toNext(n + 20)),
      }));
      expect(new Set(kindsOf(await matcher.apply(moves)))).to.deep.equal(new Set(['done']));
      expect(range(double.writes.length).map(itemsOf)).to.deep.equal([30, 30, 30, 30]);
      expect(double.mostAtOnce).to.equal(4);
    });

    it('given removals that do not, then their transactions wait for each other, and others do not wait', async () => {
      countOf(300);
      const countedIn = () =>
        double.writes.map(({ TransactItems }) =>
          JSON.stringify(TransactItems.flatMap(({ Update }) => Update ?? [])),
        );
      await matcher.apply([
        ...range(250).map((n) => removed(`${n}`)),
        ...ofModel('M1', 80),
        ...ofModel('M2', 80),
      ]);
      expect(countedIn().map((text) => text.includes(HOT['model'] ?? ''))).to.deep.equal([
        true,
        false,
        false,
        true,
        true,
      ]);
      expect(double.mostAtOnce).to.equal(3);
    });
  });

  describe('rows of several tuples', () => {
    /** A row that comes, under so many tags from this one on. */
    const tagged = (count: number, first = 0): CountMove => ({
      source: anOrder(TAGS),
      from: undefined,
      to: counting(TAGS, 1, ...range(count).map((n) => [{ tag: `${first + n}` }] as const)),
    });

    it('given rows of forty different tuples each, then two go into a transaction', async () => {
      const moves = range(11).map((n) => tagged(40, 40 * n));
      expect(kindsOf(await matcher.apply(moves))).to.deep.equal(range(11).map(() => 'done'));
      expect(range(double.writes.length).map(itemsOf)).to.deep.equal([82, 82, 82, 82, 82, 41]);
    });

    it('given rows of the same forty tuples, then sixty go into a transaction', async () => {
      const moves = range(70).map(() => tagged(40));
      expect(new Set(kindsOf(await matcher.apply(moves)))).to.deep.equal(new Set(['done']));
      expect(range(double.writes.length).map(itemsOf)).to.deep.equal([100, 50]);
    });

    it('given a row that changes a hundred counts, then it alone is poison, unasked, and 99 are done at once', async () => {
      const results = await matcher.apply([tagged(1), tagged(100), tagged(99)]);
      expect(kindsOf(results)).to.deep.equal(['done', 'permanent', 'done']);
      expect((results[1] as Fault).message).to.match(
        /^the derivation tags changes 100 counts at once for the order row \[.*\], and DynamoDB takes its state and at most 99 of them in one transaction$/,
      );
      expect(double.writes.map(({ TransactItems }) => TransactItems.length)).to.have.members([2, 100]);
    });

    it('given a row that keeps all of a hundred tuples but one, then only that one is changed, and read', async () => {
      countOf(1);
      const tags = range(120).map((n) => [{ tag: `${n}` }] as const);
      const move = {
        source: anOrder(TAGS),
        from: counting(TAGS, 1, ...tags),
        to: counting(TAGS, 2, ...tags.slice(1)),
      };
      expect(await matcher.apply([move])).to.deep.equal(['done']);
      expect(double.writes.map(({ TransactItems }) => TransactItems.length)).to.deep.equal([2]);
      expect(double.reads.map(({ RequestItems }) => RequestItems['rows']?.Keys)).to.deep.equal([
        [{ PK: 'TAG#0', SK: 'ORDERS' }],
      ]);
    });

    it('given a count in the way of one of them, then only the moves that change it are held up', async () => {
      refusing((item) => item['Update'] !== undefined && JSON.stringify(item).includes('TAG#5"'), NO_NUMBER);
      const results = await matcher.apply([tagged(3), tagged(3, 4), tagged(3, 7)]);
      expect(kindsOf(results)).to.deep.equal(['done', 'configuration', 'done']);
      expect((results[1] as Fault).message).to.match(
        /^the count of \["5"\] in table rows \(PK "TAG#5", SK "ORDERS"\) is not a number/,
      );
    });
  });

  describe('sums', () => {
    const customer = { customer: '7' };
    const leavingSum = (): CountMove => ({
      source: anOrder(SPEND, '7'),
      from: counting(SPEND, 1, [customer, '2.5']),
      to: counting(SPEND, 2),
    });
    const changing = (): CountMove => ({ ...leavingSum(), to: counting(SPEND, 2, [customer, '4']) });
    /** Answers that the row of the sum has these attributes, and that orders are in the state they were before. */
    const rowOf = (row: object | undefined) => {
      double.answerRead = ({ RequestItems }: BatchGet) => ({
        Responses: {
          rows: RequestItems['rows']?.Keys.flatMap((key) => (row === undefined ? [] : [{ ...key, ...row }])),
          states: RequestItems['states']?.Keys.map((key) => ({
            ...key,
            ...counting(SPEND, 1).version,
            form: 2,
            removed: false,
          })),
        },
      });
    };
    const kindsWritten = () => double.writes.map(({ TransactItems }) => Object.keys(TransactItems[1]!));

    it('given a sum of nothing of two rows, when one goes, then it stays, and with the other it goes', async () => {
      rowOf({ total: 0, rows: 2 });
      expect(await matcher.apply([leavingSum()])).to.deep.equal(['done']);
      expect(await matcher.apply([leavingSum(), leavingSum()])).to.deep.equal(['done', 'done']);
      expect(double.writes[0]?.TransactItems[1]).to.have.property('Update');
      expect(double.writes[1]?.TransactItems[2]).to.have.property('Delete');
    });

    it('given a row whose amount changes by more digits than fit, then it alone is poison, unasked', async () => {
      rowOf({ total: 1, rows: 1 });
      const jumping = {
        source: anOrder(SPEND),
        from: counting(SPEND, 1, [customer, '1e60']),
        to: counting(SPEND, 2, [customer, '1']),
      };
      const results = await matcher.apply([jumping, changing()]);
      expect(kindsOf(results)).to.deep.equal(['permanent', 'done']);
      expect((results[0] as Fault).message).to.match(
        /^the derivation spend changes the sum of \["7"\] for the order row \[.*\] by -9{60}e0, which is no number that DynamoDB holds$/,
      );
      expect(double.writes).to.have.length(1);
    });

    it('given a row from before there were sums, then it has as many rows as its count says', async () => {
      rowOf({ total: 1 });
      expect(await matcher.apply([leavingSum()])).to.deep.equal(['done']);
      expect(kindsWritten()).to.deep.equal([['Delete']]);
    });

    for (const [what, row, problem] of [
      ['is missing', { rows: 1 }, 'is missing'],
      ['is a text', { rows: 1, total: '5' }, 'is not a number'],
      ['has a text of rows', { rows: '1', total: 5 }, 'has no number of rows that is an integer'],
      ['has a fraction of rows', { rows: 1.5, total: 5 }, 'has no number of rows that is an integer'],
      ['is of fewer rows than leave', { rows: 0, total: 5 }, 'would fall below zero'],
      ['is not there', undefined, 'would fall below zero'],
    ] as const)
      for (const [how, move] of [
        ['a row goes', leavingSum],
        ['an amount changes', changing],
      ] as const)
        it(`given a sum that ${what}, when ${how}, then something else wrote it, unasked`, async () => {
          rowOf(row);
          const [result] = await matcher.apply([move()]);
          expect(result).to.have.property('kind', 'configuration');
          expect((result as Fault).message).to.equal(
            `the count of ["7"] in table rows (PK "CUSTOMER#7", SK "SPEND") ${problem}: something other than Contrail ` +
              'wrote it; let only Contrail write counts, and set its rows to the number of rows in table states ' +
              'that hold the tuple, and its total to the sum of their amounts',
          );
          expect(double.writes).to.deep.equal([]);
        });
  });

  it('given a request that fails, then what is not done has its fault, and nothing more is sent', async () => {
    double.answerWrite = (_, nth) => (nth === 1 ? {} : rejecting('InternalServerError')());
    countOf(300);
    const results = await matcher.apply(range(300).map((n) => removed(`${n}`)));
    expect(kindsOf(results).filter((kind) => kind === 'done')).to.have.length(99);
    expect(kindsOf(results).filter((kind) => kind === 'transient')).to.have.length(201);
    expect(double.writes).to.have.length(2);
  });

  it('given an abort in between, when applying, then no further transaction starts', async () => {
    const aborting = new AbortController();
    double.answerWrite = () => {
      aborting.abort();
      return {};
    };
    const moves = range(300).map((n) => joining(`${n}`));
    expect(await isRejected(matcher.apply(moves, aborting.signal))).to.equal(true);
    expect(double.writes).to.have.length(1);
  });

  it('given a transaction that an abort breaks off, when applying, then it rejects', async () => {
    const aborting = new AbortController();
    double.onRequest = () => {
      aborting.abort();
    };
    expect(await isRejected(matcher.apply([joining('a')], aborting.signal))).to.equal(true);
  });
});
