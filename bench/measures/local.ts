import {
  BatchWriteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { createStateTable } from '../../local/servers/tables.ts';
import { type Downstream, STATE_TABLE, TABLE } from '../model/modelled-aws.ts';
import type { TableModel } from '../model/table-model.ts';
import type { Plan } from '../plan.ts';
import { type SubjectName, SUBJECTS } from '../workers/subjects.ts';
import type { Worker } from '../workers/worker.ts';
import { type LocalServerProcess, startLocalServers } from './local-server-process.ts';
import { MeasuredLatency } from './measured-latency.ts';
import { paired } from './paired.ts';
import { Bench } from './run-batch.ts';
import { sceneOf } from './scene.ts';
import { ratios, type Spread } from './statistics.ts';

/**
 * How many times as long as Contrail an opponent takes for a batch: on real servers, and in the model with the latencies
 * that each operation had there.
 */
export interface LocalComparison {
  readonly peer: SubjectName;
  readonly records: number;
  readonly timesAsLong: Spread;
  readonly timesAsLongInModel: Spread;
}

const PEERS: readonly SubjectName[] = ['strong, exactly once', 'Powertools parallel', 'record by record'];

/**
 * The mixed workload on DynamoDB Local and fauxqs.
 *
 * @returns why there is nothing to say, where Java is missing.
 */
export async function measureLocal(plan: Plan): Promise<readonly LocalComparison[] | string> {
  const started = await startLocalServers();
  if (typeof started === 'string') return started;
  const servers = new Servers(started);
  try {
    const { batch, tables } = await sceneOf('mixed', plan.localRecords, plan.history);
    const subjects = (['Contrail', ...PEERS] as const).map((name) => ({
      worker: servers.worker(SUBJECTS[name]),
      bench: new Bench(SUBJECTS[name]),
      latency: new MeasuredLatency(),
    }));
    const onServers = subjects.map(({ worker, latency }) => {
      let isWarm = false;
      return async () => {
        await servers.fill(tables);
        const stop = isWarm ? latency.listen() : () => undefined;
        isWarm = true;
        const started = performance.now();
        await worker.handle(batch);
        const seconds = (performance.now() - started) / 1000;
        stop();
        return seconds;
      };
    });
    const [ours = [], ...theirs] = await paired(onServers, plan.localRounds);
    const inModel = subjects.map(
      ({ bench, latency }) =>
        async () =>
          (await bench.run(tables, batch, { latency })).seconds,
    );
    const [oursInModel = [], ...theirsInModel] = await paired(inModel, plan.localRounds);
    return PEERS.map((peer, index) => ({
      peer,
      records: batch.length,
      timesAsLong: ratios(theirs[index] ?? [], ours),
      timesAsLongInModel: ratios(theirsInModel[index] ?? [], oursInModel),
    }));
  } finally {
    servers.stop();
  }
}

class Servers {
  readonly #downstream: Downstream;
  readonly #stop: () => void;

  constructor({ dynamodb, sqs, queueUrl, stop }: LocalServerProcess) {
    this.#downstream = {
      dynamodb: new DynamoDBClient({ ...LOCAL_SDK, endpoint: dynamodb }),
      sqs: new SQSClient({ ...LOCAL_SDK, endpoint: sqs }),
      table: TABLE,
      stateTable: STATE_TABLE,
      queueUrl,
    };
    this.#stop = stop;
  }

  worker(make: (downstream: Downstream) => Worker): Worker {
    return make(this.#downstream);
  }

  /** Makes the tables anew, with the rows of the model's. */
  async fill(tables: TableModel): Promise<void> {
    const { dynamodb } = this.#downstream;
    for (const name of [TABLE, STATE_TABLE]) {
      await dynamodb.send(new DeleteTableCommand({ TableName: name }));
      await createStateTable(dynamodb, name);
      const puts = [...tables.items(name)].map(
        (Item) => ({ PutRequest: { Item } }) as unknown as WriteRequest,
      );
      for (let start = 0; start < puts.length; start += 25)
        await dynamodb.send(
          new BatchWriteItemCommand({ RequestItems: { [name]: puts.slice(start, start + 25) } }),
        );
    }
  }

  stop(): void {
    this.#downstream.dynamodb.destroy();
    this.#downstream.sqs.destroy();
    this.#stop();
  }
}
