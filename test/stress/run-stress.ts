import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBRecord } from 'aws-lambda';
import { takeMessages } from '../../local/proof/drain-queue.ts';
import type { LocalServers } from '../../local/servers/servers.ts';
import { parseQuarantined } from '../../src/adapters/aws/sqs/quarantine-message.ts';
import type { Drift } from '../../src/application/verify/verify.ts';
import { type FaultWorker, FaultWorld } from '../integration/fault-world.ts';
import { chanceOf, hashOf } from '../../src/simulation/world/chance.ts';
import { Application } from './application.ts';
import { Lane } from './lane.ts';
import { Network } from './network.ts';
import type { Plan } from './plan.ts';

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
 * Runs the workers of the AWS backend on real servers, while an application writes and the network fails. After each
 * round nobody writes until every record is handled and what is late has arrived; then the queue is drained, and what
 * is derived is compared with the table, and what is in quarantine with what is poison. Ends with the first round in which something is wrong.
 *
 * The seed decides what is written and what becomes of requests. Processes and servers really run side by side, so
 * that the same seed need not come to the same; one that failed once is worth running some more times.
 */
export async function runStress(plan: Plan, servers: LocalServers): Promise<StressResult> {
  const network = new Network(plan);
  const world = await FaultWorld.create(servers, plan.maxMessageBytes);
  try {
    const quarantineUrl = plan.quarantine === 'none' ? undefined : await quarantineOf(servers, plan);
    const kept = new Map<string, string>();
    const workerOf = (name: string): FaultWorker =>
      world.worker({
        interceptor: network.interceptorOf(name),
        requestsGoOn: true,
        ...(quarantineUrl === undefined ? {} : { quarantineUrl }),
        ...(plan.sdkAttempts === undefined ? {} : { maxAttempts: plan.sdkAttempts }),
      });
    const lanes = Array.from(
      { length: plan.lanes },
      (_, index) => new Lane(hurried(workerOf(`lane ${index}`), plan, `lane ${index}`), plan.batchSize),
    );
    const laneOf = ({ dynamodb }: DynamoDBRecord) =>
      lanes[(hashOf(JSON.stringify(dynamodb?.Keys)) >>> 0) % lanes.length];
    const all: DynamoDBRecord[] = [];
    const application = new Application(
      world,
      plan,
      (record) => {
        all.push(record);
        laneOf(record)?.append(record);
      },
      (record) => laneOf(record)?.hasHandled(record) ?? true,
    );

    const strays = workerOf('strays');
    let problems: readonly string[] = [];
    for (let round = 1; round <= plan.rounds && problems.length === 0; round++) {
      let isOver = false;
      const running = lanes.map((lane) => lane.run(() => isOver));
      await Promise.all([application.run(round), deliverStrays(plan, round, lanes, strays)]);
      isOver = true;
      await Promise.all(running);
      // The latest requests take effect when everybody else is done.
      await network.settled();
      const { drift } = await world.verification();
      if (quarantineUrl !== undefined) await takeKept(servers, quarantineUrl, kept);
      problems = [
        ...lanes.flatMap(({ givenUp }) => givenUp.map(notHandled)),
        ...drift.map(driftInWords),
        ...all.flatMap((record) => misplaced(record, application.poison.has(record), kept)),
      ];
    }
    return {
      plan,
      records: all.length,
      invocations: lanes.reduce((sum, { counts }) => sum + counts.invocations, 0),
      injected: network.counts.all,
      problems,
      lastError: lanes.map(({ lastError }) => lastError).find((error) => error !== undefined),
    };
  } finally {
    await world.close();
  }
}

/** Makes a queue for poison, and returns its URL. */
function quarantineOf({ sqs }: LocalServers, { seed, quarantine, maxMessageBytes }: Plan): Promise<string> {
  const name = `quarantine-${seed}-${randomUUID()}`;
  const attributes = maxMessageBytes === undefined ? {} : { MaximumMessageSize: String(maxMessageBytes) };
  return quarantine === 'FIFO' ? sqs.createFifoQueue(name, attributes) : sqs.createQueue(name, attributes);
}

/** Takes out of quarantine what is there: the reasons by sequence number. */
function takeKept({ clients }: LocalServers, queueUrl: string, kept: Map<string, string>): Promise<void> {
  return takeMessages(clients.sqs, queueUrl, (messages) => {
    for (const { Body = '' } of messages) {
      const { reason, source } = parseQuarantined(Body);
      kept.set(source.sequenceNumber ?? '?', reason);
    }
  });
}

/** What is wrong where a good record is in quarantine, or a poison one is not. */
function misplaced(
  record: DynamoDBRecord,
  isPoison: boolean,
  kept: ReadonlyMap<string, string>,
): readonly string[] {
  const reason = kept.get(record.dynamodb?.SequenceNumber ?? '');
  if (isPoison === (reason !== undefined)) return [];
  return [
    isPoison
      ? `poison and not in quarantine: ${named(record)}`
      : `good and in quarantine: ${named(record)}: ${reason}`,
  ];
}

/** A handler that has little time for some of its invocations. */
function hurried({ handler }: FaultWorker, plan: Plan, name: string): (event: unknown) => Promise<unknown> {
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
  worker: FaultWorker,
): Promise<void> {
  const random = chanceOf(plan.seed, 'strays', round);
  for (let stray = 0; stray < plan.strays; stray++) {
    await sleep(random.int(0, 150));
    const { handled } = random.pick(lanes);
    const from = random.int(0, Math.max(0, handled.length - 1));
    const Records = handled.slice(from, from + random.int(1, 20));
    if (Records.length > 0) await worker.handler({ Records }).catch(() => undefined);
  }
}

function notHandled(record: DynamoDBRecord): string {
  return `never handled: ${named(record)}`;
}

function named({ dynamodb }: DynamoDBRecord): string {
  return `record ${dynamodb?.SequenceNumber ?? '?'} of ${JSON.stringify(dynamodb?.Keys)}`;
}

function driftInWords({ derivation, problem, what }: Drift): string {
  return `${derivation}: ${problem} ${what}`;
}
