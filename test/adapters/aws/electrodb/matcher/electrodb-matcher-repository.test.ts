import { expect } from 'chai';
import { ElectroDbMatcherRepository } from '../../../../../src/adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
import { Fault } from '../../../../../src/domain/fault.ts';
import type { LinkMove, LinkState } from '../../../../../src/domain/link-move.ts';
import type { Tuple } from '../../../../../src/domain/tuple.ts';
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
const HOT: Tuple = { manufacturer: 'CESSNA', model: '172S', typeDesignator: 'C172' };
const state = (sequence: string, tuple?: Tuple): LinkState => ({
  version: { generation: 0, epoch: '2026-01-05T09:00:00.000', sequence },
  tuple,
  removed: false,
});
const joining = (serial: string): LinkMove => ({
  link: { code: '1', serial },
  from: undefined,
  to: state('1', HOT),
});
const leaving = (serial: string, from = HOT): LinkMove => ({
  link: { code: '1', serial },
  from: state('1', from),
  to: state('2'),
});

describe('ElectroDbMatcherRepository', () => {
  let double: DocumentClientDouble;
  let matcher: ElectroDbMatcherRepository;

  beforeEach(() => {
    double = new DocumentClientDouble();
    matcher = new ElectroDbMatcherRepository(double.client, { table: 'rows', stateTable: 'states' });
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
    const gone: LinkMove = { ...leaving('b'), to: { ...state('2'), removed: true } };
    expect(await matcher.apply([joining('a'), gone])).to.deep.equal(['done', 'done']);
    const [came, went] = ['a', 'b'].map((serial) =>
      itemsPut().find((item) => item['serial_number'] === serial),
    );
    expect(came).to.include({ removed: false }).and.not.have.property('expires_at');
    expect(went).to.include({ removed: true });
    expect(went?.['expires_at']).to.be.closeTo(Date.now() / 1_000 + 30 * 24 * 60 * 60, 60);
  });

  it('given keys left unprocessed, when loading, then those links are transient faults', async () => {
    double.answerRead = allUnprocessed;
    const states = await matcher.load([joining('a').link, joining('b').link]);
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
    it(`given a count with ${code}, then its transaction is a conflict, at once`, async () => {
      countOf(3);
      double.answerWrite = (request) => {
        throw cancelled(request, { 3: code });
      };
      const results = await matcher.apply(['a', 'b', 'c'].map((serial) => leaving(serial)));
      expect(results).to.deep.equal(['conflict', 'conflict', 'conflict']);
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

  it('given a changed state and a count in the way, then all are conflicts: the count is unknown', async () => {
    countOf(2);
    double.answerWrite = (request) => {
      throw cancelled(request, { 0: 'ConditionalCheckFailed', 2: 'ConditionalCheckFailed' });
    };
    expect(await matcher.apply([leaving('a'), leaving('b')])).to.deep.equal(['conflict', 'conflict']);
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
    const elsewhere = (serial: string): LinkMove => ({ ...joining(serial), to: state('1', OTHER) });

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
    const results = await matcher.apply(range(300).map((n) => joining(`${n}`)));
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
    ['a manufacturer', { manufacturer: 'ü'.repeat(1016) }, 'PK'],
    ['a model', { model: 'x'.repeat(1009) }, 'SK'],
    ['a type designator', { typeDesignator: 'x'.repeat(1009) }, 'SK'],
  ] as const)
    it(`given ${what} too long for a key, then that move alone is poison, unasked`, async () => {
      const tuple = { ...HOT, ...long };
      const tooLong = { ...joining('long'), to: state('1', tuple) };
      const results = await matcher.apply([joining('a'), tooLong]);
      expect(kindsOf(results)).to.deep.equal(['done', 'permanent']);
      expect((results[1] as Fault).message).to.match(
        new RegExp(`its ${word}, .* bytes, and DynamoDB accepts`),
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

  it('given a request that fails, then what is not done has its fault, and nothing more is sent', async () => {
    double.answerWrite = (_, nth) => (nth === 1 ? {} : rejecting('InternalServerError')());
    const results = await matcher.apply(range(300).map((n) => joining(`${n}`)));
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
