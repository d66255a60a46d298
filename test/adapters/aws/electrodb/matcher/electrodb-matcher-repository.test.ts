import { expect } from 'chai';
import { ElectroDbMatcherRepository } from '../../../../../src/adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
import { Fault } from '../../../../../src/domain/fault.ts';
import type { LinkMove, LinkState } from '../../../../../src/domain/link-move.ts';
import type { Tuple } from '../../../../../src/domain/tuple.ts';
import { range } from '../../../../support/range.ts';
import { allUnprocessed, type BatchGet, cancelled, DocumentClientDouble } from '../document-client-double.ts';
import { isRejected } from '../../../../support/is-rejected.ts';

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
  const kindsOf = (results: readonly unknown[]) =>
    results.map((result) => (Fault.is(result) ? result.kind : result));

  it('given a link that comes and one that goes, when applied, then only what is left of the second ends, in 30 days', async () => {
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

  it('given a count left unread, when applying, then what takes from it is a transient fault, and the others are applied', async () => {
    double.answerRead = allUnprocessed;
    const results = await matcher.apply([leaving('a'), joining('b'), leaving('c')]);
    expect(kindsOf(results)).to.deep.equal(['transient', 'done', 'transient']);
    expect(double.writes).to.have.length(1);
  });

  for (const code of ['TransactionConflict', 'ConditionalCheckFailed'])
    it(`given a count with ${code}, when applying, then all of its transaction is a conflict, after one attempt`, async () => {
      countOf(3);
      double.answerWrite = (request) => {
        throw cancelled(request, { 3: code });
      };
      const results = await matcher.apply(['a', 'b', 'c'].map((serial) => leaving(serial)));
      expect(results).to.deep.equal(['conflict', 'conflict', 'conflict']);
      expect(double.writes).to.have.length(1);
    });

  it('given links whose state has changed, when applying, then they are conflicts and the others are applied without them', async () => {
    double.answerWrite = (request, nth) => {
      if (nth === 1) throw cancelled(request, { 1: 'ConditionalCheckFailed' });
      if (nth === 2) throw cancelled(request, { 0: 'ConditionalCheckFailed' });
      return {};
    };
    const results = await matcher.apply(['a', 'b', 'c', 'd'].map(joining));
    expect(results).to.deep.equal(['conflict', 'conflict', 'done', 'done']);
    expect([itemsOf(0), itemsOf(1), itemsOf(2)]).to.deep.equal([5, 4, 3]);
  });

  it('given a changed state and a count in the way, when applying, then all are conflicts: the count is known no more', async () => {
    countOf(2);
    double.answerWrite = (request) => {
      throw cancelled(request, { 0: 'ConditionalCheckFailed', 2: 'ConditionalCheckFailed' });
    };
    expect(await matcher.apply([leaving('a'), leaving('b')])).to.deep.equal(['conflict', 'conflict']);
    expect(double.writes).to.have.length(1);
  });

  for (const code of ['ThrottlingError', 'ProvisionedThroughputExceeded'])
    it(`given ${code}, when applying, then it is a transient fault that names it, and changed states are conflicts`, async () => {
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
    it(`given a state that is refused ("${said}"), when applying, then it alone is ${kind}, and says of which table`, async () => {
      double.answerWrite = (request) => {
        const at = request.TransactItems.findIndex((item) => JSON.stringify(item).includes('SN#bad'));
        if (at >= 0) throw cancelled(request, { [at]: 'ValidationError' }, said);
        return {};
      };
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
        'An operand in the update expression has an incorrect data type',
        /^the count of \["CESSNA","172S","C172"\] in table rows \(PK "ICAO#MATCHER#MFR#CESSNA", SK "MODEL#172S#TYPE#C172"\) is not a number: something other than Contrail wrote it; .* number of rows in table states/,
      ],
      [
        'has an index of another type',
        'Type mismatch for Index Key count Expected: S Actual: N',
        /^the count of \["CESSNA","172S","C172"\]: table rows: refused .*Index Key count.*check TABLE_NAME/,
      ],
    ] as const)
      it(`given a count that ${what}, when applying, then the moves of its tuple are of the configuration, and the others go on`, async () => {
        double.answerWrite = (request) => {
          const at = request.TransactItems.findIndex(
            (item) => item['Update'] !== undefined && JSON.stringify(item).includes('172S'),
          );
          if (at >= 0) throw cancelled(request, { [at]: 'ValidationError' }, said);
          return {};
        };
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
      it(`given a count that is ${what}, when taken from, then only moves of its tuple are of the configuration, unasked`, async () => {
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

  it('given a count that is no number, and a request that is refused as a whole, when applying, then it is found, and the others go on', async () => {
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
      const message = 'An operand in the update expression has an incorrect data type';
      throw Object.assign(new Error(message), { name: 'ValidationException' });
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

  it('given a refusal for a count that then cannot be read, when applying, then it is not tried again and again', async () => {
    double.answerRead = ({ RequestItems }: BatchGet) => ({ UnprocessedKeys: RequestItems });
    double.answerWrite = () => {
      const message = 'An operand in the update expression has an incorrect data type';
      throw Object.assign(new Error(message), { name: 'ValidationException' });
    };
    expect(kindsOf(await matcher.apply([joining('a')]))).to.deep.equal(['configuration']);
    expect([double.writes.length, double.reads.length]).to.deep.equal([1, 1]);
  });

  it('given requests that an unknown code refuses from the third on, when 300 moves are applied, then none is poison', async () => {
    double.answerWrite = (_, nth) => {
      if (nth < 3) return {};
      throw Object.assign(new Error('no'), { name: 'UnknownError', $metadata: { httpStatusCode: 400 } });
    };
    const results = await matcher.apply(range(300).map((n) => joining(`${n}`)));
    expect(kindsOf(results).filter((kind) => kind === 'done')).to.have.length(198);
    expect(kindsOf(results).filter((kind) => kind === 'configuration')).to.have.length(102);
  });

  for (const [what, error] of Object.entries({
    'a table with other keys': {
      name: 'ValidationException',
      message: 'The provided key element does not match the schema',
    },
    'a table without transactions': {
      name: 'ValidationException',
      message: 'Transactions are not supported',
    },
    'an unknown code': { name: 'SomethingNew', message: 'no', $metadata: { httpStatusCode: 400 } },
    'a page from a proxy': { name: 'SyntaxError', message: '<html>', $metadata: { httpStatusCode: 407 } },
    'an account without the service': { name: 'SubscriptionRequiredException', message: 'no' },
  }))
    it(`given ${what}, when 300 moves are applied, then none is poison, after few requests`, async () => {
      double.answerWrite = () => {
        throw Object.assign(new Error(error.message), error);
      };
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
    double.answerWrite = () => {
      throw Object.assign(new Error('no'), { name: 'IdempotentParameterMismatchException' });
    };
    expect(kindsOf(await matcher.apply([joining('a')]))).to.deep.equal(['transient']);
  });

  it('given a count that many leave and somebody lowered, when applied, then those moves are of the configuration, and the others go on', async () => {
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
    it(`given ${what} too long for a key, when applied, then that move alone is poison, without asking`, async () => {
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

  it('given a count below what leaves and no state that changed, when applying, then it says that something other than Contrail wrote it', async () => {
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

  it('given a request that fails, when applying, then what is not done yet has the fault, and nothing more is sent', async () => {
    double.answerWrite = (_, nth) => {
      if (nth === 1) return {};
      throw Object.assign(new Error('no more'), { name: 'InternalServerError' });
    };
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
