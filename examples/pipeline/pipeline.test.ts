import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Clock, createHandler, defineTable, effect, type PoisonFound, Random, row, Sleeper } from 'contrail';
import { ContainerModule } from 'contrail/adapters';
import { createMemoryWorker, MemoryMetrics, type MemoryWorkerOptions, testing } from 'contrail/testing';
import { MemoryHours } from './hours.js';
import { revenueTable } from './revenue.js';

/* Each title begins with the option of the README's table that it shows. */

function aPipeline() {
  const hours = new MemoryHours();
  const definition = revenueTable(hours);
  return { hours, definition, ...testing(definition) };
}

const first = { order: 'o-1' };
const HOUR = 'eu-central-1 2026-01-05T09';
const silent = { level: 'silent' } as const;

class Half extends Random {
  override next(): number {
    return 0.5;
  }
}

class Fixed extends Clock {
  override now(): number {
    return 42;
  }
}

/** A worker whose pauses are noted, and take no time. */
function worker(options: MemoryWorkerOptions) {
  const pauses: number[] = [];
  class NotedPauses extends Sleeper {
    override async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
      // The time of an attempt, which never is up here.
      if (milliseconds === 2_000)
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      pauses.push(milliseconds);
    }
  }
  const module = new ContainerModule(({ rebind }) => {
    void rebind(Sleeper).toConstantValue(new NotedPauses());
    void rebind(Random).toConstantValue(new Half());
  });
  const { modules = [], ...others } = options;
  const { handler, container } = createMemoryWorker({
    log: silent,
    modules: [module, ...modules],
    ...others,
  });
  return { handler, pauses, metrics: container.get(MemoryMetrics) };
}

/** Hours to which nothing can be added the first times. */
class FailingHours extends MemoryHours {
  #failures: number;

  constructor(failures: number) {
    super();
    this.#failures = failures;
  }

  override adding(sale: Parameters<MemoryHours['adding']>[0]): unknown {
    if (this.#failures-- > 0) throw new Error('no room');
    return super.adding(sale);
  }
}

/** The figures of the one effect. */
const figuresOf = (metrics: MemoryMetrics) =>
  Object.fromEntries(
    (['processed', 'skip', 'duplicate', 'retry', 'dead_letter'] as const).map((heading) => [
      heading,
      metrics.total(`revenue:${heading}`),
    ]),
  );

function eventOf(...orders: readonly (readonly [order: string, status: 'draft' | 'paid', cents: number])[]) {
  const { record, event, rows, clock } = aPipeline();
  clock.set('2026-01-05T09:59:00Z');
  return event(
    ...orders.map(([order, status, cents]) => record.insert(rows.order({ order }, { status, cents }))),
  );
}

test('Decoder: it sees the operation, both images, when, and the whole record', async () => {
  const { hours, given, rows, clock } = aPipeline();
  clock.set('2026-01-05T09:59:00Z');
  const { effects } = await given(rows.order(first, { status: 'draft', cents: 1995 }))
    .when(rows.order.update(first, { status: 'paid' }))
    .then({ effects: { revenue: [{ operation: 'MODIFY', did: 'run' }] } });
  assert.deepEqual([...hours.cents], [[HOUR, 1995]]);
  const [call] = effects.revenue;
  assert.ok(call !== undefined);
  const { eventName, eventID, eventSourceARN, dynamodb = {} } = call.change.record;
  assert.equal(eventName, 'MODIFY');
  assert.match(eventID ?? '', /^[0-9a-f]{32}$/);
  assert.match(eventSourceARN ?? '', /^arn:aws:dynamodb:eu-central-1:\d+:table\/table\/stream\//);
  const { Keys, OldImage = {}, SizeBytes } = dynamodb;
  assert.deepEqual(Keys, { id: { S: 'o-1' } });
  assert.deepEqual(OldImage['status'], { S: 'draft' });
  assert.ok(Number(SizeBytes) > 0);
});

test('ErrSkipRecord: what it skips is done, and says why', async () => {
  const { hours, given, rows } = aPipeline();
  await given(rows.order(first, { status: 'paid', cents: 1 }))
    .when([rows.order.update(first, { status: 'shipped' }), rows.order.remove(first)])
    .then({
      effects: {
        revenue: [
          { did: 'skipped', why: 'it was not paid by this change' },
          { did: 'skipped', why: 'what was paid stays paid' },
        ],
      },
    });
  assert.deepEqual([...hours.cents], []);
});

test('WithDecodeErrorCallback: it is told of the record and why, and the record blocks, not lost', async () => {
  const told: PoisonFound[] = [];
  const { handler } = worker({ definition: aPipeline().definition, onPoison: (poison) => told.push(poison) });
  const { Records } = eventOf(['o-1', 'paid', 0.5], ['o-2', 'paid', 5]);
  const itemIdentifier = Records[0]?.dynamodb.SequenceNumber;
  for (let times = 1; times <= 2; times++)
    assert.deepEqual(await handler({ Records }), { batchItemFailures: [{ itemIdentifier }] });
  assert.deepEqual(
    told.map(({ raw, fault, isQuarantined }) => [raw, fault.kind, isQuarantined]),
    [1, 2].map(() => [Records[0], 'permanent', false]),
  );
  assert.match(told[0]?.fault.message ?? '', /order o-1 is no order: .*0\.5/);
});

test('WithDecodeErrorCallback: with a quarantine the record is kept there, whole, and its shard goes on', async () => {
  const { quarantined } = await testing(aPipeline().definition, { poison: 'quarantine' })
    .given()
    .when(aPipeline().rows.order(first, { status: 'paid', cents: 0.5 }))
    .state();
  assert.match(quarantined[0]?.message ?? '', /is no order/);
});

test('WithMaxAttempts: three attempts, then the record fails, and comes again', async () => {
  const hours = new FailingHours(4);
  const { handler, metrics } = worker({ definition: revenueTable(hours) });
  const event = eventOf(['o-1', 'paid', 5]);
  assert.equal((await handler(event)).batchItemFailures.length, 1);
  assert.deepEqual(figuresOf(metrics), { processed: 0, skip: 0, duplicate: 0, retry: 2, dead_letter: 1 });
  assert.equal((await handler(event)).batchItemFailures.length, 0);
  assert.deepEqual([...hours.cents], [[HOUR, 5]]);
});

test('WithRetryBackoff: pauses double from its base up to its cap, with full jitter', async () => {
  const order = row({ id: '<order>' });
  const definition = defineTable({
    keys: { partition: 'id' },
    rows: { order },
    derive: {
      revenue: effect(order, {
        ...{ attempts: 10, timeoutMs: 2_000, backoff: { baseMs: 50, capMs: 5_000 } },
        run: () => {
          throw new Error('always');
        },
      }),
    },
  });
  const { handler, pauses } = worker({ definition });
  await handler(eventOf(['o-1', 'paid', 5]));
  const bounds = [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000];
  assert.deepEqual(
    pauses,
    bounds.map((bound) => bound / 2),
    'half of each bound, as chance says here',
  );
});

test('WithDedup: what has run does not run again, and what has failed is not taken for a duplicate', async () => {
  const { hours, given, rows, clock } = aPipeline();
  clock.set('2026-01-05T09:59:00Z');
  await given()
    .when(rows.order(first, { status: 'paid', cents: 5 }), {
      ...{ times: 3, failing: { revenue: ['before', 'after', 'before', 'after', 'before'] } },
    })
    .then({ failures: [] });
  assert.deepEqual(
    [...hours.cents],
    [[HOUR, 5]],
    'once, although five attempts failed, two of them after it ran',
  );
});

test('WithMetrics: each change is under one heading of its effect, retries beside', async () => {
  const { handler, metrics } = worker({ definition: revenueTable(new FailingHours(1)) });
  const event = eventOf(['o-1', 'paid', 5], ['o-2', 'draft', 5]);
  await handler(event);
  assert.deepEqual(figuresOf(metrics), { processed: 1, skip: 1, duplicate: 0, retry: 1, dead_letter: 0 });
  await handler(event);
  assert.deepEqual(figuresOf(metrics), { processed: 1, skip: 1, duplicate: 2, retry: 1, dead_letter: 0 });
});

test('WithClock: a change is of the hour in which it was made, whenever it comes; now() is the clock that is given', async () => {
  const times: unknown[] = [];
  const order = row({ id: '<order>' });
  const definition = defineTable({
    keys: { partition: 'id' },
    rows: { order },
    derive: { revenue: effect(order, { run: ({ at }, { now }) => times.push(at, now()) }) },
  });
  const clock = new ContainerModule(({ rebind }) => void rebind(Clock).toConstantValue(new Fixed()));
  const { handler } = createMemoryWorker({ definition, log: silent, modules: [clock] });
  await handler(eventOf(['o-1', 'paid', 5]));
  assert.deepEqual(times, [Date.parse('2026-01-05T09:59:00Z'), 42]);
});

test('BatchItemFailures: the lowest failed sequence number is reported; other items are done', async () => {
  const { hours, definition } = aPipeline();
  const { handler } = worker({ definition });
  const { Records } = eventOf(['o-1', 'paid', 5], ['o-2', 'paid', 0.5], ['o-3', 'paid', 7]);
  const { batchItemFailures } = await handler({ Records });
  assert.deepEqual(batchItemFailures, [{ itemIdentifier: Records[1]?.dynamodb.SequenceNumber }]);
  assert.deepEqual([...hours.cents], [[HOUR, 12]]);
});

test('NewHandler: what is wrong with a definition is said when it is loaded, all at once', () => {
  const order = row({ id: '<order>' });
  assert.throws(
    () =>
      defineTable({
        keys: { partition: 'id' },
        rows: { order },
        derive: { revenue: effect(order, { attempts: 0, backoff: { baseMs: 1 } } as never) },
      }),
    (error: Error) =>
      ['its run must be', 'its attempts must be', 'its backoff.capMs must be'].every((problem) =>
        error.message.includes(problem),
      ),
  );
  assert.throws(() => createHandler({} as never), /createHandler was given no definition/);
});

test('NewHandler: createHandler takes the definition and the options', async () => {
  const { hours, definition } = aPipeline();
  const told: PoisonFound[] = [];
  const handler = createHandler(definition, {
    environment: { BACKEND: 'memory', LOG_LEVEL: 'silent' },
    onPoison: (poison) => told.push(poison),
  });
  const { batchItemFailures } = await handler(eventOf(['o-1', 'paid', 5], ['o-2', 'paid', 0.5]));
  assert.equal(batchItemFailures.length, 1);
  assert.deepEqual([...hours.cents.values(), told.length], [5, 1]);
});

test('each row of the README’s table is shown by a test here', async () => {
  const [readme, tests] = await Promise.all(
    ['README.md', 'pipeline.test.ts'].map((file) => readFile(new URL(file, import.meta.url), 'utf8')),
  );
  const [, table = ''] = (readme ?? '').split('## From a pipeline');
  const options = [...table.matchAll(/^\| `(\w+)/gm)].map(([, option]) => option);
  assert.deepEqual(options.sort(), [
    ...[
      'BatchItemFailures',
      'Decoder',
      'ErrSkipRecord',
      'NewHandler',
      'WithClock',
      'WithDecodeErrorCallback',
    ],
    ...['WithDedup', 'WithMaxAttempts', 'WithMetrics', 'WithRetryBackoff'],
  ]);
  for (const option of options) assert.ok(tests?.includes(`test('${option}: `), option);
});
