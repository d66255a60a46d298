import { createDynamoDbClient, documentClientOf } from '../../../adapters/aws/clients.ts';
import type { LambdaFacts } from '../../../adapters/aws/doctor/lambda-facts.ts';
import { lookAtStream } from '../../../adapters/aws/doctor/stream-facts.ts';
import { lookAtTable } from '../../../adapters/aws/doctor/table-facts.ts';
import { createStreamsClient } from '../../../adapters/aws/streams/streams-client.ts';
import { SystemSleeper } from '../../../adapters/system/system.ts';
import type { Wanted } from '../../../application/doctor/check.ts';
import type { Gatherers } from '../../../application/doctor/examine.ts';
import type { FunctionFacts } from '../../../application/doctor/facts.ts';
import { liveReaders } from '../../../application/doctor/live-readers.ts';
import { TableGaps } from '../../../application/read-stream/table-gaps.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Environment } from '../../environment-reader.ts';
import { NoMetrics } from '../../no-metrics.ts';
import { awsGatherers } from './aws-gatherers.ts';
import { mappingGatherers } from './mapping-gatherers.ts';
import { postgresGatherers } from './postgres-gatherers.ts';
import type { DoctorCommandOptions } from './run-doctor.ts';
import { settingsProblems } from './settings-problems.ts';
import type { TimeLimited } from './time-limited.ts';

/** What a deployment is found by. */
export interface Sought {
  readonly wanted: Wanted;
  readonly environment: Environment;
  readonly options: DoctorCommandOptions;
  readonly lambda: LambdaFacts;
  readonly limit: TimeLimited;
  /** The function that is named. */
  readonly worker: (() => Promise<FunctionFacts>) | undefined;
}

/** One attempt more than none: who waits for the answer can ask again. */
const ATTEMPTS = 2;

/** What finds out all facts. Nothing is asked before it is needed, and nothing twice. */
export function gatherersOf(sought: Sought): {
  readonly gatherers: Gatherers;
  readonly close: () => Promise<void>;
} {
  const { wanted, environment, limit } = sought;
  const dynamodb = createDynamoDbClient(ATTEMPTS);
  const streams = createStreamsClient(new NoMetrics());
  const tableLook = limit.once((signal) =>
    lookAtTable(dynamodb, named(environment, 'TABLE_NAME', 'or give --table'), 'TABLE_NAME', signal),
  );
  const table = async () => (await tableLook()).table;
  const tableThere = async () => {
    const found = await table();
    if ('absent' in found) throw new Fault('configuration', `there is no table ${found.absent}`);
    return found;
  };
  const streamArn = async () => {
    if (wanted.stream !== undefined) return wanted.stream;
    const { name, streamArn: arn } = await tableThere();
    if (arn === undefined) throw new Fault('configuration', `the table ${name} has no stream`);
    return arn;
  };
  const stream = limit.once(async (signal) => lookAtStream(streams, await streamArn(), signal));
  const mappings = mappingGatherers(sought, tableThere);
  const documents = documentClientOf(dynamodb);
  const state =
    wanted.backend === 'postgres'
      ? postgresGatherers(sought)
      : awsGatherers(sought, { ...{ dynamodb, documents, tableThere, streamArn }, ...mappings });
  return {
    gatherers: {
      settings: () => Promise.resolve(settingsProblems(environment, wanted.model)),
      ...{ table, stream },
      awsClock: async () => {
        const { skewMs } = await tableLook();
        if (skewMs === undefined) throw new Fault('transient', 'AWS’s answer does not say its time');
        return skewMs;
      },
      ...mappings.gatherers,
      consumers: limit.once(async (signal) =>
        liveReaders(await state.shards(), await streamArn(), new SystemSleeper(), signal),
      ),
      gaps: limit.once(async (signal) => {
        const [shards, { arn, streamArn: latest }] = [await state.shards(), await tableThere()];
        return new TableGaps(shards, arn, latest === undefined ? [] : [latest]).open(signal);
      }),
      ...state.gatherers,
    },
    close: async () => {
      dynamodb.destroy();
      streams.destroy();
      await state.close();
    },
  };
}

/** What a variable says. @throws Fault `configuration` where it is not set. */
export function named(environment: Environment, variable: string, otherwise = ''): string {
  const value = environment[variable]?.trim();
  if (value) return value;
  throw new Fault('configuration', `${variable} is not set${otherwise && `: set it, ${otherwise}`}`);
}
