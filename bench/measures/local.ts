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
import { tablesBefore } from '../model/world.ts';
import type { Plan } from '../plan.ts';
import { contrail } from '../workers/contrail.ts';
import { powertools, recordByRecord } from '../workers/peers.ts';
import type { Worker } from '../workers/worker.ts';
import { workload } from '../workloads/catalogue.ts';
import { paired } from './paired.ts';
import { Bench } from './run-batch.ts';
import { ratios, type Spread, spreadOf } from './statistics.ts';

/** How many times as long as Contrail a peer takes for a batch: on real servers, and in the model at their latency. */
export interface LocalComparison {
  readonly peer: string;
  readonly records: number;
  readonly timesAsLong: Spread;
  readonly timesAsLongInModel: Spread;
  /** Milliseconds that the peer's request takes on the servers, on average, and so the model's median. */
  readonly requestMs: number;
}

const PEERS: Readonly<Record<string, (downstream: Downstream) => Worker>> = {
  'record by record': recordByRecord,
  'Powertools parallel': (downstream) => powertools(downstream, true),
};

/**
 * The mixed workload on DynamoDB Local and fauxqs.
 *
 * @returns why there is nothing to say, where Java is missing.
 */
export async function measureLocal(plan: Plan): Promise<readonly LocalComparison[] | string> {
  const missing = javaMissing();
  if (missing !== undefined) return missing;
  const made = workload('mixed', plan.localRecords, plan.history);
  const tables = await tablesBefore(made);
  const servers = await Servers.start();
  try {
    const own = servers.worker(contrail);
    const peers = Object.entries(PEERS).map(([name, make]) => ({ name, make, worker: servers.worker(make) }));
    const timed = (worker: Worker) => async () => {
      await servers.fill(tables);
      const started = performance.now();
      await worker.handle(made.batch);
      return (performance.now() - started) / 1000;
    };
    const [ours = [], ...theirs] = await paired(
      [own, ...peers.map(({ worker }) => worker)].map(timed),
      plan.slowPairs,
    );

    const requestMs = await requestMsOf(tables, made.batch, spreadOf(theirs[0] ?? []).median);
    const inModel = (make: (downstream: Downstream) => Worker) => {
      const bench = new Bench(make);
      return async () => (await bench.run(tables, made.batch, { latencyMs: requestMs })).seconds;
    };
    const [oursInModel = [], ...theirsInModel] = await paired(
      [contrail, ...peers.map(({ make }) => make)].map(inModel),
      plan.slowPairs,
    );
    return peers.map(({ name }, index) => ({
      peer: name,
      records: made.batch.length,
      timesAsLong: ratios(theirs[index] ?? [], ours),
      timesAsLongInModel: ratios(theirsInModel[index] ?? [], oursInModel),
      requestMs,
    }));
  } finally {
    servers.stop();
  }
}

/** What a request takes on the servers beyond what it takes without any: that is what the model has to wait. */
async function requestMsOf(
  tables: TableModel,
  batch: Parameters<Worker['handle']>[0],
  seconds: number,
): Promise<number> {
  const bench = new Bench(recordByRecord);
  await bench.run(tables, batch, { latencyMs: 0 });
  const run = await bench.run(tables, batch, { latencyMs: 0 });
  const requests = Object.values(run.requests).reduce((sum, count) => sum + count, 0);
  return Math.max(0.1, ((seconds - run.seconds) * 1000) / requests);
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
