import { RandomLatency } from '../model/latency.ts';
import { bareSdk, recordRequests, type Sent } from '../workers/bare-sdk.ts';
import { contrail } from '../workers/contrail.ts';
import { SUBJECTS } from '../workers/subjects.ts';
import { Bench, type BatchRun } from './run-batch.ts';
import { readScene, type Scene } from './scene.ts';
import type { Series } from './series.ts';
import { warmUp } from './warm-up.ts';

const MOST_WARMING = 1_000;

const series = JSON.parse(process.argv[2] ?? '') as Series;
const { latencyMs, rounds, seed, batchSize } = series;
const scene = thinned(readScene(series.scene));
const bench = await benchOf(series.subject);
// A large batch needs no more of it than the usual one.
const warming = scene.batch.slice(0, MOST_WARMING);
await warmUp(series.warmUp, () => bench.run(scene.tables, warming, sized()));
// From here on the process may be given less of a core.
process.stdout.write('\n');
const runs: BatchRun[] = [];
for (let n = 0; n < rounds; n++)
  runs.push(
    await bench.run(scene.tables, scene.batch, {
      ...sized(),
      latency: new RandomLatency(latencyMs, seed + n),
    }),
  );
process.stdout.write(JSON.stringify(runs), () => process.exit(0));

function sized() {
  return batchSize === undefined ? {} : { batchSize };
}

async function benchOf(subject: Series['subject']): Promise<Bench> {
  if (subject === 'Contrail, silent') return new Bench((downstream) => contrail(downstream, 'silent'));
  if (subject !== 'the SDK alone') return new Bench(SUBJECTS[subject]);
  const requests: Sent[] = [];
  const recording = new Bench((downstream) => {
    recordRequests(downstream, requests);
    return contrail(downstream);
  });
  // Once for what a worker asks only now and then.
  await recording.run(scene.tables, scene.batch);
  requests.length = 0;
  await recording.run(scene.tables, scene.batch);
  return new Bench((downstream) => bareSdk(downstream, requests));
}

/** A sample, for those who take too long for all of it. */
function thinned({ tables, batch }: Scene): Scene {
  const step = Math.ceil(batch.length / (series.sample ?? batch.length));
  return { tables, batch: batch.filter((_, index) => index % step === 0) };
}
