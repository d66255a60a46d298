import { expect } from 'chai';
import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import { MemoryQuarantine } from '../../src/adapters/memory/memory-quarantine.ts';
import type { Delivery } from '../../src/application/delivery.ts';
import { DEFAULT_MAX_SHARE, FEWEST_SUSPECTS, suspicionOf } from '../../src/application/poison-breaker.ts';
import { planRecords } from '../../src/application/plan-batch.ts';
import { failed, type RecordState } from '../../src/application/record-state.ts';
import { Fault } from '../../src/domain/fault.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { range } from '../support/range.ts';
import { faaRow, SourceTable, strangeRow, withDynamodb } from '../support/stream-records.ts';
import { RecordingLogger, ScriptedQueue } from './doubles.ts';
import { aWorker, inShort, spoiled } from './worker.ts';

const LIMITS = { maxShare: DEFAULT_MAX_SHARE, fewestSuspects: 2 };

const faultFor = (reason: string) => new Fault('permanent', `of one record: ${reason}`, { reason });

/** Rows; of all but the good ones nothing is asked. */
const ROWS = {
  good: faaRow,
  'strange row': strangeRow,
  variant: (name: string) => ({ PK: 'ICAO#VARIANTS', SK: name }),
  'tuple row': (name: string) => ({ PK: `ICAO#MATCHER#MFR#${name}`, SK: 'MODEL#M#TYPE#T', count: 1 }),
  'default row': (name: string) => ({ PK: `IMAGES#ORG#SYSTEM#ENTITY#ICAO#ID#${name}`, SK: 'DEFAULT' }),
};

const STATES = {
  bad: failed(faultFor('x')),
  'bad for y': failed(faultFor('y')),
  'bad for z': failed(faultFor('z')),
  quarantined: { status: 'quarantined', fault: faultFor('x') },
  'quarantined before': { status: 'quarantined', fault: faultFor('x'), before: true },
  throttled: failed(new Fault('transient', 'x')),
} as const satisfies Readonly<Record<string, RecordState>>;

type Kind = keyof typeof ROWS | keyof typeof STATES;

/** Records, each of a row of its own unless the name is the same, and what is known of each. */
function batchOf(records: readonly (readonly [item: string, kind: Kind])[]) {
  const table = new SourceTable();
  const deliveries = records.map(([item, kind]) =>
    toDelivery(table.put(ROWS[kind in ROWS ? (kind as keyof typeof ROWS) : 'good'](item)), fleet.model),
  );
  const states: RecordState[] = planRecords(deliveries, undefined).map((state, index) => {
    const kind = records[index]![1];
    return kind in STATES ? STATES[kind as keyof typeof STATES] : state;
  });
  return [deliveries, states] as const;
}

describe('suspicionOf', () => {
  const named = (...kinds: Kind[]) => kinds.map((kind, n) => [`N${n}`, kind] as const);
  const cases: readonly (readonly [
    what: string,
    batch: Parameters<typeof batchOf>[0],
    expected?: { readonly poison: number; readonly items: number },
  ])[] = [
    ['no records', []],
    ['one record', named('bad')],
    ['two records of one item', range(2).map(() => ['N1', 'bad'] as const)],
    ['two of two', named('bad', 'bad'), { poison: 2, items: 2 }],
    ['half', named('bad', 'bad', 'good', 'good')],
    ['more than half', named('bad', 'bad', 'good'), { poison: 2, items: 3 }],
    ['one that changes often', [...range(3).map(() => ['N1', 'bad'] as const), ['N2', 'good']]],
    ['several reasons', named('bad', 'bad for y', 'bad for z')],
    ...(['strange row', 'variant', 'tuple row', 'default row'] as const).map(
      (kind) =>
        [
          `${kind}s, which ask for nothing`,
          named('bad', 'bad', kind, kind, kind),
          { poison: 2, items: 2 },
        ] as const,
    ),
    ['some that went to quarantine at this delivery', named('quarantined', 'bad'), { poison: 2, items: 2 }],
    ['some that went to quarantine at an earlier one', named('quarantined before', 'bad')],
    [
      'some that went to quarantine at an earlier one, beside too many others',
      named('quarantined before', 'bad', 'bad', 'good'),
      { poison: 2, items: 3 },
    ],
    ['faults of another kind', named('throttled', 'throttled', 'throttled', 'throttled')],
  ];
  for (const [what, batch, expected] of cases)
    it(`given ${what}, then it is ${expected === undefined ? 'none' : `${expected.poison} of ${expected.items}`}`, () => {
      expect(suspicionOf(...batchOf(batch), LIMITS)).to.deep.equal(expected && { reason: 'x', ...expected });
    });

  it('given records whose item is not known, then each is one by itself', () => {
    const deliveries: readonly Delivery[] = range(3).map(() => toDelivery({ dynamodb: {} }, fleet.model));
    expect(suspicionOf(deliveries, planRecords(deliveries, undefined), LIMITS)).to.deep.equal({
      reason: 'the record has no Keys',
      poison: 3,
      items: 3,
    });
  });
});

describe('a batch whose records are poison for one reason', () => {
  const refusing = () =>
    new ScriptedQueue((actions) =>
      actions.map(({ key }) => new Fault('permanent', `${key.id} is refused`, { reason: 'refused' })),
    );

  function aBatch(good: number, bad: number) {
    const table = new SourceTable();
    return [
      // A different value in each: the reason is the same.
      ...range(bad).map((n) => spoiled(table.put(faaRow(`B${n}`)), `no number ${n}`)),
      ...range(good).map((n) => table.put(faaRow(`G${n}`))),
    ];
  }

  it('given 20 of 20, then none is quarantined, all fail for configuration, and one line says so', async () => {
    const quarantine = new MemoryQuarantine();
    const logger = new RecordingLogger('error');
    const { outcomes } = await aWorker({ quarantine, logger }).handle(...aBatch(0, 20));
    expect(inShort(outcomes)).to.deep.equal(range(20).map(() => 'failed'));
    for (const outcome of outcomes)
      if (outcome.status === 'failed') {
        expect(outcome.fault).to.include({ kind: 'configuration' });
        expect(outcome.fault.message).to.match(
          /NewImage\.model.*20 of the batch's 20 items.*raise QUARANTINE_MAX_SHARE/,
        );
        expect(outcome.fault.cause).to.include({ kind: 'permanent' });
      }
    expect(quarantine.kept).to.deep.equal([]);
    const lines = logger.of('too many poison records for one reason: none is quarantined');
    expect(lines).to.deep.equal([
      {
        reason: 'NewImage.model is not a valid number',
        poison: 20,
        items: 20,
        QUARANTINE_MAX_SHARE: 0.5,
      },
    ]);
  });

  it('given 11 of 20, then those fail, and the others are applied', async () => {
    const quarantine = new MemoryQuarantine();
    const { outcomes } = await aWorker({ quarantine }).handle(...aBatch(9, 11));
    expect(inShort(outcomes)).to.deep.equal(range(20).map((n) => (n < 11 ? 'failed' : 'applied')));
    expect(quarantine.kept).to.deep.equal([]);
  });

  it('given 10 of 20, then they are quarantined, and nothing is said', async () => {
    const quarantine = new MemoryQuarantine();
    const logger = new RecordingLogger('error');
    const { outcomes } = await aWorker({ quarantine, logger }).handle(...aBatch(10, 10));
    expect(inShort(outcomes)).to.deep.equal(range(20).map((n) => (n < 10 ? 'quarantined' : 'applied')));
    expect(quarantine.kept).to.have.length(10);
    expect(logger.of('too many poison records for one reason: none is quarantined')).to.deep.equal([]);
  });

  it('given one of one, then it is quarantined', async () => {
    const { outcomes } = await aWorker({ quarantine: new MemoryQuarantine() }).handle(...aBatch(0, 1));
    expect(inShort(outcomes)).to.deep.equal(['quarantined']);
  });

  for (const [share, bad, expected] of [
    [0.1, 3, 'failed'],
    [0.8, 16, 'quarantined'],
    [0.8, 17, 'failed'],
    [1, 20, 'quarantined'],
  ] as const)
    it(`given ${bad} of 20 where a share of ${share} may be, then they are ${expected}`, async () => {
      const quarantine = new MemoryQuarantine();
      const worker = aWorker({ quarantine, quarantineMaxShare: share });
      const { outcomes } = await worker.handle(...aBatch(20 - bad, bad));
      expect(inShort(outcomes)).to.deep.equal(range(20).map((n) => (n < bad ? expected : 'applied')));
      expect(quarantine.kept).to.have.length(expected === 'failed' ? 0 : bad);
    });

  for (const bad of [FEWEST_SUSPECTS - 1, FEWEST_SUSPECTS])
    it(`given ${bad} of ${bad} and limits as they are, then they are ${bad < FEWEST_SUSPECTS ? 'quarantined' : 'failed'}`, async () => {
      const worker = aWorker({ quarantine: new MemoryQuarantine(), fewestSuspects: FEWEST_SUSPECTS });
      const { outcomes } = await worker.handle(...aBatch(0, bad));
      expect(new Set(inShort(outcomes))).to.deep.equal(
        new Set([bad < FEWEST_SUSPECTS ? 'quarantined' : 'failed']),
      );
    });

  it('given poison for that reason beside another, then nothing is quarantined, and each says why', async () => {
    const quarantine = new MemoryQuarantine();
    const broken = withDynamodb(new SourceTable().put(faaRow('N')), { SequenceNumber: 'x' });
    const { outcomes } = await aWorker({ quarantine }).handle(...aBatch(0, 3), broken);
    expect(inShort(outcomes)).to.deep.equal(['failed', 'failed', 'failed', 'failed']);
    const [other] = outcomes.slice(-1);
    expect(other?.status === 'failed' && other.fault.message).to.match(
      /^SequenceNumber.*3 of the batch's 4 items fail for one reason \(NewImage\.model is not a valid number/,
    );
    expect(quarantine.kept).to.deep.equal([]);
  });

  it('given poison that only effects show beside undecodable records, then both are judged together', async () => {
    const quarantine = new MemoryQuarantine();
    const { outcomes } = await aWorker({ quarantine, queue: refusing() }).handle(...aBatch(12, 8));
    expect(inShort(outcomes)).to.deep.equal(range(20).map(() => 'failed'));
    expect(quarantine.kept).to.deep.equal([]);
  });

  it('given that later changes of its items are poison, then they are judged with the batch', async () => {
    const quarantine = new MemoryQuarantine();
    const table = new SourceTable();
    const { outcomes } = await aWorker({ quarantine, queue: refusing() }).handle(
      spoiled(table.put(faaRow('B0'))),
      table.put(faaRow('G0')),
      table.put(faaRow('B0')),
    );
    expect(inShort(outcomes)).to.deep.equal(['quarantined', 'quarantined', 'failed']);
    expect(quarantine.kept).to.have.length(2);
  });

  it('given an adapter that calls all of them poison, then none is quarantined', async () => {
    const quarantine = new MemoryQuarantine();
    const { outcomes } = await aWorker({ quarantine, queue: refusing() }).handle(...aBatch(20, 0));
    expect(inShort(outcomes)).to.deep.equal(range(20).map(() => 'failed'));
    expect(quarantine.kept).to.deep.equal([]);
  });

  it('given rows of different unknown entity types, then they share a reason', async () => {
    const quarantine = new MemoryQuarantine();
    const table = new SourceTable();
    const { outcomes } = await aWorker({ quarantine }).handle(
      ...range(10).map((n) => table.put({ PK: `IMAGES#ORG#S#ENTITY#NEW${n}#ID#1`, SK: 'IMG#1' })),
    );
    expect(inShort(outcomes)).to.deep.equal(range(10).map(() => 'failed'));
    expect(quarantine.kept).to.deep.equal([]);
    const [first] = outcomes;
    expect(first?.status === 'failed' && first.fault.message).to.match(
      /names the entity type "NEW0".*10 of the batch's 10/,
    );
  });

  it('given no quarantine, then nothing is said: poison blocks in any case', async () => {
    const logger = new RecordingLogger('error');
    const { outcomes } = await aWorker({ logger }).handle(...aBatch(0, 3));
    const [first] = outcomes;
    expect(first?.status === 'failed' && first.fault.kind).to.equal('permanent');
    expect(logger.of('too many poison records for one reason: none is quarantined')).to.deep.equal([]);
  });
});
