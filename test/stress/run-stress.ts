import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Drift } from '../../src/application/verify/verify.ts';
import { chanceOf, hashOf } from '../../src/simulation/world/chance.ts';
import { Application } from './application.ts';
import { Lane } from './lane.ts';
import type { Plan } from './plan.ts';
import { sequenceOf, type Stage } from './stage.ts';

type Handler = ReturnType<Stage['handlerOf']>;

export interface StressResult {
  readonly plan: Plan;
  readonly records: number;
  readonly invocations: number;
  /** What was done to requests of which task, and how often. */
  readonly injected: ReadonlyMap<string, number>;
  /** Everything that is not as it must be, in words; empty when all is well. */
  readonly problems: readonly string[];
  /** What a handler threw last, where one did. */
  readonly lastError: unknown;
}

/**
 * Runs the workers of a backend, while an application writes and things fail. After each round nobody writes until every record is handled and what
 * is late has arrived; then what is derived is compared with the table, and what is in quarantine with what is poison. Ends with the first round in which
 * something is wrong, and closes the stage.
 *
 * The seed decides what is written and what becomes of requests. Processes and servers really run side by side, so
 * that the same seed need not come to the same; one that failed once is worth running some more times.
 */
export async function runStress(plan: Plan, stage: Stage): Promise<StressResult> {
  try {
    const lanes = Array.from(
      { length: plan.lanes },
      (_, index) =>
        new Lane(hurried(stage.handlerOf(`lane ${index}`), plan, `lane ${index}`), plan.batchSize),
    );
    const laneOf = ({ dynamodb }: DynamoDBRecord) =>
      lanes[(hashOf(JSON.stringify(dynamodb?.Keys)) >>> 0) % lanes.length];
    const all: DynamoDBRecord[] = [];
    const application = new Application(
      stage,
      plan,
      (record) => {
        all.push(record);
        laneOf(record)?.append(record);
      },
      (record) => laneOf(record)?.hasHandled(record) ?? true,
    );

    const strays = stage.handlerOf('strays');
    let problems: readonly string[] = [];
    for (let round = 1; round <= plan.rounds && problems.length === 0; round++) {
      let isOver = false;
      const running = lanes.map((lane) => lane.run(() => isOver));
      const over = new AbortController();
      const beside = stage.beside?.(over.signal);
      await Promise.all([application.run(round), deliverStrays(plan, round, lanes, strays)]);
      isOver = true;
      await Promise.all(running);
      over.abort();
      await beside;
      await stage.settled();
      const drift = await stage.drift(application.rows);
      const kept = await stage.kept();
      problems = [
        ...lanes.flatMap(({ givenUp }) => givenUp.map(notHandled)),
        ...drift.map(driftInWords),
        ...all.flatMap((record) => misplaced(record, application.poison.has(record), kept ?? NOTHING)),
      ];
    }
    return {
      plan,
      records: all.length,
      invocations: lanes.reduce((sum, { counts }) => sum + counts.invocations, 0),
      injected: stage.injected,
      problems,
      lastError: lanes.map(({ lastError }) => lastError).find((error) => error !== undefined),
    };
  } finally {
    await stage.close();
  }
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** What is wrong where a good record is in quarantine, or a poison one is not. */
function misplaced(
  record: DynamoDBRecord,
  isPoison: boolean,
  kept: ReadonlyMap<string, string>,
): readonly string[] {
  const reason = kept.get(sequenceOf(record));
  if (isPoison === (reason !== undefined)) return [];
  return [
    isPoison
      ? `poison and not in quarantine: ${named(record)}`
      : `good and in quarantine: ${named(record)}: ${reason}`,
  ];
}

/** A handler that has little time for some of its invocations. */
function hurried(handler: Handler, plan: Plan, name: string): (event: unknown) => Promise<unknown> {
  let invocations = 0;
  return (event) => {
    const random = chanceOf(plan.seed, 'time', name, ++invocations);
    const left = random.chance(plan.hurried) && invocations < 50 ? random.int(20, 400) : 60_000;
    const until = performance.now() + left;
    return handler(event, { getRemainingTimeInMillis: () => until - performance.now() });
  };
}

/** Old records come again, in their order, and nobody minds what comes of it. */
async function deliverStrays(
  plan: Plan,
  round: number,
  lanes: readonly Lane[],
  handler: Handler,
): Promise<void> {
  const random = chanceOf(plan.seed, 'strays', round);
  for (let stray = 0; stray < plan.strays; stray++) {
    await sleep(random.int(0, 150));
    const { handled } = random.pick(lanes);
    const from = random.int(0, Math.max(0, handled.length - 1));
    const Records = handled.slice(from, from + random.int(1, 20));
    if (Records.length > 0) await handler({ Records }).catch(() => undefined);
  }
}

function notHandled(record: DynamoDBRecord): string {
  return `never handled: ${named(record)}`;
}

function named(record: DynamoDBRecord): string {
  return `record ${sequenceOf(record)} of ${JSON.stringify(record.dynamodb?.Keys)}`;
}

function driftInWords({ derivation, problem, what }: Drift): string {
  return `${derivation}: ${problem} ${what}`;
}
