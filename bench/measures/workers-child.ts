import type { DynamoDBRecord } from 'aws-lambda';
import { RandomLatency } from '../model/latency.ts';
import { ModelledAws } from '../model/modelled-aws.ts';
import { SUBJECTS } from '../workers/subjects.ts';
import type { HotTuple } from './hot-tuple.ts';
import { readScene } from './scene.ts';

const {
  scene: file,
  subject,
  workers,
  latencyMs,
  batchSize,
  rounds,
} = JSON.parse(process.argv[2] ?? '') as HotTuple;
const scene = readScene(file);
/** One world for all, as each has its own clients but all have one table. */
const aws = new ModelledAws();
const all = Array.from({ length: workers }, () => SUBJECTS[subject](aws));
const WARM_UPS = 3;
/** Lambda delivers a failed batch again, and so does this. */
const MOST_DELIVERIES = 100;

const seconds: number[] = [];
for (let round = -WARM_UPS; round < rounds; round++) {
  aws.reset(scene.tables.clone(), {
    latency: new RandomLatency(round < 0 ? 0 : latencyMs, round + WARM_UPS),
  });
  const started = performance.now();
  await Promise.all(all.map((worker, index) => handleShare(worker, share(index))));
  if (round >= 0) seconds.push((performance.now() - started) / 1000);
}
process.stdout.write(JSON.stringify(seconds), () => process.exit(0));

/** Records go to workers by their items, as with Lambda's parallelization factor. */
function share(index: number): readonly DynamoDBRecord[] {
  return scene.batch.filter((_, n) => n % workers === index);
}

async function handleShare(worker: (typeof all)[number], records: readonly DynamoDBRecord[]): Promise<void> {
  for (let start = 0; start < records.length; start += batchSize)
    await delivered(worker, records.slice(start, start + batchSize));
}

async function delivered(worker: (typeof all)[number], batch: readonly DynamoDBRecord[]): Promise<void> {
  for (let delivery = 1; ; delivery++)
    try {
      await worker.handle(batch);
      return;
    } catch (error) {
      if (delivery === MOST_DELIVERIES) throw error;
    }
}
