import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  BatchWriteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { javaMissing } from '../../local/servers/java.ts';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { createStateTable } from '../../local/servers/tables.ts';
import { type Downstream, STATE_TABLE, TABLE } from '../model/modelled-aws.ts';
import type { TableModel } from '../model/table-model.ts';
import type { Plan } from '../plan.ts';
import { type SubjectName, SUBJECTS } from '../workers/subjects.ts';
import type { Worker } from '../workers/worker.ts';
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
  const missing = javaMissing();
  if (missing !== undefined) return missing;
  const { batch, tables } = await sceneOf('mixed', plan.localRecords, plan.history);
  const servers = await Servers.start();
  try {
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

  private constructor(downstream: Downstream, stop: () => void) {
    this.#downstream = downstream;
    this.#stop = stop;
  }

  static async start(): Promise<Servers> {
    // From its source, as what it starts lies beside it there.
    const script = fileURLToPath(new URL('../../../measures/local-servers.ts', import.meta.url));
    const child = spawn(process.execPath, ['--no-warnings', '--import', import.meta.resolve('tsx'), script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const { dynamodb, sqs, queueUrl } = JSON.parse(line) as Record<'dynamodb' | 'sqs' | 'queueUrl', string>;
      const downstream = {
        dynamodb: new DynamoDBClient({ ...LOCAL_SDK, endpoint: dynamodb }),
        sqs: new SQSClient({ ...LOCAL_SDK, endpoint: sqs }),
        table: TABLE,
        stateTable: STATE_TABLE,
        queueUrl,
      };
      return new Servers(downstream, () => child.stdin.end());
    }
    throw new Error('the local servers did not start');
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
