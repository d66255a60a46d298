import { expect } from 'chai';
import { toDelivery } from '../../src/adapters/dynamodb-stream/stream-record.ts';
import { MemoryQuarantine } from '../../src/adapters/memory/memory-quarantine.ts';
import type { Delivery } from '../../src/application/delivery.ts';
import { DEFAULT_MAX_SHARE, FEWEST_SUSPECTS, suspicionOf } from '../../src/application/poison-breaker.ts';
import { examine, type Verdict } from '../../src/application/plan-batch.ts';
import { Fault } from '../../src/domain/fault.ts';
import { range } from '../support/range.ts';
import {
  faaRow,
  SourceTable,
  strangeRow,
  type StreamRecord,
  withDynamodb,
} from '../support/stream-records.ts';
import { RecordingLogger, ScriptedQueue } from './doubles.ts';
import { aWorker, inShort } from './worker.ts';

const LIMITS = { maxShare: DEFAULT_MAX_SHARE, fewestSuspects: 2 };

const faultFor = (reason: string) => new Fault('permanent', `of one record: ${reason}`, { reason });
const poisonFor = (reason: string): Verdict => ({ kind: 'failed', fault: faultFor(reason) });
const quarantined = (before: boolean): Verdict => ({ kind: 'quarantined', fault: faultFor('x'), before });

/** Rows of which nothing is asked. */
const ROWS = {
  good: faaRow,
  strange: strangeRow,
  variant: (name: string) => ({ PK: 'ICAO#VARIANTS', SK: name }),
  'tuple row': (name: string) => ({ PK: `ICAO#MATCHER#MFR#${name}`, SK: 'MODEL#M#TYPE#T', count: 1 }),
  'default row': (name: string) => ({ PK: `IMAGES#ORG#SYSTEM#ENTITY#ICAO#ID#${name}`, SK: 'DEFAULT' }),
};

type Batch = readonly (readonly [item: string, verdict: Verdict | keyof typeof ROWS])[];

/** Records, one an item unless the name is the same, and what is known of each; `good` for those to be handled. */
function batchOf(records: Batch) {
  const table = new SourceTable();
  const deliveries = records.map(([item, verdict]) =>
    toDelivery(table.put(ROWS[typeof verdict === 'string' ? verdict : 'good'](item))),
  );
  const verdicts = examine(deliveries, false).map((verdict, index) => {
    const given = records[index]?.[1];
    return typeof given === 'object' ? given : verdict;
  });
  return [deliveries, verdicts] as const;
}

describe('suspicionOf', () => {
  const bad = poisonFor('x');
  const cases: readonly (readonly [
    what: string,
    batch: Batch,
    expected: { readonly poison: number; readonly items: number } | undefined,
  ])[] = [
    ['no records', [], undefined],
    ['one record', [['N1', bad]], undefined],
    [
      'two records of one item',
      [
        ['N1', bad],
        ['N1', bad],
      ],
      undefined,
    ],
    [
      'two of two',
      [
        ['N1', bad],
        ['N2', bad],
      ],
      { poison: 2, items: 2 },
    ],
    [
      'half',
      [
        ['N1', bad],
        ['N2', bad],
        ['N3', 'good'],
        ['N4', 'good'],
      ],
      undefined,
    ],
    [
      'more than half',
      [
        ['N1', bad],
        ['N2', bad],
        ['N3', 'good'],
      ],
      { poison: 2, items: 3 },
    ],
    [
      'one that changes often',
      [
        ['N1', bad],
        ['N1', bad],
        ['N1', bad],
        ['N2', 'good'],
      ],
      undefined,
    ],
    [
      'several reasons',
      [
        ['N1', bad],
        ['N2', poisonFor('y')],
        ['N3', poisonFor('z')],
      ],
      undefined,
    ],
    [
      'rows that nothing is derived from',
      [
        ['N1', bad],
        ['N2', bad],
        ['1', 'strange'],
        ['2', 'strange'],
        ['3', 'strange'],
      ],
      { poison: 2, items: 2 },
    ],
    ...(['variant', 'tuple row', 'default row'] as const).map(
      (kind) =>
        [
          `${kind}s, which ask for nothing`,
          [
            ['N1', bad],
            ['N2', bad],
            ['1', kind],
            ['2', kind],
            ['3', kind],
          ],
          { poison: 2, items: 2 },
        ] as const,
    ),
    [
      'some that went to quarantine at this delivery',
      [
        ['N1', quarantined(false)],
        ['N2', bad],
      ],
      { poison: 2, items: 2 },
    ],
    [
      'some that went to quarantine at an earlier one',
      [
        ['N1', quarantined(true)],
        ['N2', bad],
      ],
      undefined,
    ],
    [
      'some that went to quarantine at an earlier one, beside too many others',
      [
        ['N1', quarantined(true)],
        ['N2', bad],
        ['N3', bad],
        ['N4', 'good'],
      ],
      { poison: 2, items: 3 },
    ],
    [
      'faults of another kind',
      range(4).map((n) => [`N${n}`, { kind: 'failed', fault: new Fault('transient', 'x') }] as const),
      undefined,
    ],
  ];
  for (const [what, batch, expected] of cases)
    it(`given ${what}, then it is ${expected === undefined ? 'none' : `${expected.poison} of ${expected.items}`}`, () => {
      expect(suspicionOf(...batchOf(batch), LIMITS)).to.deep.equal(expected && { reason: 'x', ...expected });
    });

  it('given records whose item is not known, then each is one by itself', () => {
    const deliveries: readonly Delivery[] = range(3).map(() => toDelivery({ dynamodb: {} }));
    expect(suspicionOf(deliveries, examine(deliveries, false), LIMITS)).to.deep.equal({
      reason: 'the record has no Keys',
      poison: 3,
      items: 3,
    });
  });
});

describe('a batch whose records are poison for one reason', () => {
  /** A different value in each: the reason is the same. */
  const spoiled = (record: StreamRecord, n: number): StreamRecord => {
    Object.assign(record.dynamodb['NewImage'] as object, { model: { N: `no number ${n}` } });
    return record;
  };

  function aBatch(good: number, bad: number) {
    const table = new SourceTable();
    return [
      ...range(bad).map((n) => spoiled(table.put(faaRow(`B${n}`)), n)),
      ...range(good).map((n) => table.put(faaRow(`G${n}`))),
    ];
  }

  it('given 20 of 20, then none is quarantined, all fail as a matter of configuration, and one line says so', async () => {
    const quarantine = new MemoryQuarantine();
    const logger = new RecordingLogger('error');
    const { outcomes } = await aWorker({ quarantine, logger }).handle(...aBatch(0, 20));
    expect(inShort(outcomes)).to.deep.equal(range(20).map(() => 'failed'));
    for (const outcome of outcomes)
      if (outcome.status === 'failed') {
        expect(outcome.fault).to.include({ kind: 'configuration' });
        expect(outcome.fault.message).to.match(
          /NewImage\.model.*20 of 20 items of the batch.*raise QUARANTINE_MAX_SHARE/,
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
      /^SequenceNumber.*3 of 4 items of the batch fail for one reason \(NewImage\.model is not a valid number/,
    );
    expect(quarantine.kept).to.deep.equal([]);
  });

  it('given poison that only the effects show beside some that cannot be decoded, then both are judged before either is kept', async () => {
    const quarantine = new MemoryQuarantine();
    const queue = new ScriptedQueue((actions) =>
      actions.map(({ key }) => new Fault('permanent', `${key.id} is refused`, { reason: 'refused' })),
    );
    const { outcomes } = await aWorker({ quarantine, queue }).handle(...aBatch(12, 8));
    expect(inShort(outcomes)).to.deep.equal(range(20).map(() => 'failed'));
    expect(quarantine.kept).to.deep.equal([]);
  });

  it('given that the later changes of its items are poison, then they are judged with the rest of the batch', async () => {
    const quarantine = new MemoryQuarantine();
    const queue = new ScriptedQueue((actions) =>
      actions.map(({ key }) => new Fault('permanent', `${key.id} is refused`, { reason: 'refused' })),
    );
    const table = new SourceTable();
    const { outcomes } = await aWorker({ quarantine, queue }).handle(
      spoiled(table.put(faaRow('B0')), 0),
      table.put(faaRow('G0')),
      table.put(faaRow('B0')),
    );
    expect(inShort(outcomes)).to.deep.equal(['quarantined', 'quarantined', 'failed']);
    expect(quarantine.kept).to.have.length(2);
  });

  it('given an adapter that calls all of them poison, then none is quarantined', async () => {
    const quarantine = new MemoryQuarantine();
    const queue = new ScriptedQueue((actions) =>
      actions.map(({ key }) => new Fault('permanent', `${key.id} is refused`, { reason: 'refused' })),
    );
    const { outcomes } = await aWorker({ quarantine, queue }).handle(...aBatch(20, 0));
    expect(inShort(outcomes)).to.deep.equal(range(20).map(() => 'failed'));
    expect(quarantine.kept).to.deep.equal([]);
  });

  it('given rows of entity types that the worker does not know, each of another, then they share a reason', async () => {
    const quarantine = new MemoryQuarantine();
    const table = new SourceTable();
    const { outcomes } = await aWorker({ quarantine }).handle(
      ...range(10).map((n) => table.put({ PK: `IMAGES#ORG#S#ENTITY#NEW${n}#ID#1`, SK: 'IMG#1' })),
    );
    expect(inShort(outcomes)).to.deep.equal(range(10).map(() => 'failed'));
    expect(quarantine.kept).to.deep.equal([]);
    const [first] = outcomes;
    expect(first?.status === 'failed' && first.fault.message).to.match(
      /names the entity type "NEW0".*10 of 10/,
    );
  });

  it('given no quarantine, then nothing is said: poison blocks in any case', async () => {
    const logger = new RecordingLogger('error');
    const { outcomes } = await aWorker({ logger }).handle(...aBatch(0, 3));
    const [failed] = outcomes;
    expect(failed?.status === 'failed' && failed.fault.kind).to.equal('permanent');
    expect(logger.of('too many poison records for one reason: none is quarantined')).to.deep.equal([]);
  });
});
