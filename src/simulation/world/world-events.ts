import { chanceOf } from './chance.ts';
import { DAY, HOUR, MINUTE, SECOND, type Settings, START } from './settings.ts';
import type { Operation } from './workload.ts';

/** Something that comes over the world from outside, at a time of its own. */
export interface WorldEvent {
  readonly name: string;
  readonly at: number;
  readonly kind:
    | 'split'
    | 'merge'
    | 'new stream'
    | 'failover'
    | 'roll-back'
    | 'new definition'
    | 'stray'
    | 'redrive'
    | 'clock jump'
    | 'crash'
    | 'freeze'
    | 'stop'
    | 'hold'
    | 'redelivery';
  /** Which of those that it may concern: 0 or more, less than 1. */
  readonly which: number;
  /** A time, in milliseconds, where one is needed. */
  readonly span: number;
  /** Which of the table's writes come again, from 0, where the event says so. */
  readonly writes?: readonly number[];
}

const PER_LEVEL = { none: 0, light: 1, heavy: 4 };

/** @param operations what the table is written with: most trouble comes soon after a write, when there is work. */
export function worldEventsOf(settings: Settings, operations: readonly Operation[]): readonly WorldEvent[] {
  const random = chanceOf(settings.seed, 'happenings');
  const events: WorldEvent[] = [];
  const add = (kind: WorldEvent['kind'], at: number, span = 0) =>
    events.push({ name: `${kind} ${events.length}`, at, kind, which: random.fraction(), span });
  const during = () => random.int(START, settings.quietFrom - 1);
  const afterWrite = () => random.pick(operations).at + random.int(0, SECOND);
  for (let i = 0; i < settings.splits; i++)
    add(random.pick(['split', 'split', 'merge']), random.chance(0.5) ? afterWrite() : during());
  for (let i = 0; i < settings.recreations; i++)
    add('new stream', random.chance(0.5) ? afterWrite() : during());
  // Old records come again soon or late, even when all is quiet otherwise.
  for (let i = 0; i < settings.strays; i++)
    add(
      'stray',
      afterWrite() +
        Math.floor(random.pick([SECOND, SECOND, MINUTE, 10 * MINUTE, HOUR, 3 * DAY]) * random.fraction()),
    );
  for (let i = 0; i < PER_LEVEL[settings.faults]; i++) {
    add('crash', afterWrite());
    add('freeze', afterWrite(), Math.floor(random.pick([MINUTE, 10 * MINUTE]) * random.fraction()));
    add('stop', afterWrite());
    const jump = random.int(-10 * MINUTE, 10 * MINUTE);
    // What is known of a table holds for ten seconds by the clock: between two adoptions none may go back.
    add('clock jump', during(), settings.rollBacks > 0 ? Math.abs(jump) : jump);
  }
  addFailovers(settings, operations, events);
  addRollBacks(settings, events);
  addRedrives(settings, operations, events);
  addRedefinitions(settings, operations, events);
  addHolds(settings, events);
  return events;
}

/** The span is how long it takes until an operator has let the new table follow. */
function addFailovers(
  { seed, failovers, quietFrom }: Settings,
  operations: readonly Operation[],
  events: WorldEvent[],
): void {
  const random = chanceOf(seed, 'failover times');
  for (let i = 0; i < failovers; i++)
    events.push({
      name: `failover ${i}`,
      at: random.chance(0.6)
        ? random.pick(operations).at + random.int(0, SECOND)
        : random.int(START, quietFrom - 1),
      kind: 'failover',
      which: random.fraction(),
      span: random.pick([
        0,
        Math.floor(10 * SECOND * random.fraction()),
        Math.floor(20 * MINUTE * random.fraction()),
      ]),
    });
}

/** The span is how long an operator takes, beside what has to be waited for. */
function addRollBacks({ seed, rollBacks, quietFrom }: Settings, events: WorldEvent[]): void {
  const random = chanceOf(seed, 'roll-back times');
  const first = Math.min(...events.filter(({ kind }) => kind === 'failover').map(({ at }) => at));
  for (let i = 0; i < rollBacks; i++)
    events.push({
      name: `roll-back ${i}`,
      at: random.int(Math.min(first, quietFrom - 1), quietFrom - 1),
      kind: 'roll-back',
      which: random.fraction(),
      span: random.pick([0, Math.floor(MINUTE * random.fraction())]),
    });
}

/** The span is how long it takes until all rows are written anew. */
function addRedefinitions(
  { seed, redefinitions, quietFrom }: Settings,
  operations: readonly Operation[],
  events: WorldEvent[],
): void {
  const random = chanceOf(seed, 'redefinition times');
  for (let i = 0; i < redefinitions; i++)
    events.push({
      name: `new definition ${i}`,
      at: Math.min(random.pick(operations).at + random.int(0, SECOND), quietFrom - 1),
      kind: 'new definition',
      which: random.fraction(),
      span: random.int(1, MINUTE),
    });
}

/** Batches come again that an on-failure destination or a dead-letter queue has kept, for at most 14 days. */
function addRedrives(
  { seed, redrives }: Settings,
  operations: readonly Operation[],
  events: WorldEvent[],
): void {
  const random = chanceOf(seed, 'redrives');
  for (let i = 0; i < redrives; i++)
    events.push({
      name: `redrive ${i}`,
      at: random.pick(operations).at + random.int(DAY, 14 * DAY),
      kind: 'redrive',
      which: random.fraction(),
      span: 0,
    });
}

/** For a while nobody reads: so long that records may leave the stream meanwhile. */
function addHolds({ seed, reader, quietFrom }: Settings, events: WorldEvent[]): void {
  const random = chanceOf(seed, 'holds');
  for (let i = 0; i < (reader?.holds ?? 0); i++)
    events.push({
      name: `hold ${i}`,
      at: random.int(START + 5 * SECOND, quietFrom - 1),
      kind: 'hold',
      which: random.fraction(),
      span: random.int(SECOND, 2 * MINUTE),
    });
}
