import { readFileSync } from 'node:fs';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { ModelledAws } from '../model/modelled-aws.ts';
import { tablesBefore } from '../model/world.ts';
import { contrail } from '../workers/contrail.ts';
import { powertools } from '../workers/peers.ts';
import { workload } from '../workloads/catalogue.ts';
import type { MemoryRun } from './memory.ts';

const [file = '', size = '', before = '', subject = '', forced = ''] = process.argv.slice(2);
/** About how many collections of garbage per run: each stops everything. */
const SAMPLES = 40;
const WARM_UPS = 3;
/** Less than this would not stand out. */
const LEAST_BYTES = 16 * 2 ** 20;
const collect = (globalThis as unknown as { gc: () => void }).gc;
const [records, history] = [Number(size), Number(before)];
const [make, requestsPerRecord] =
  subject === 'Contrail' ? [contrail, 0.1] : [(aws: ModelledAws) => powertools(aws, true), 1.5];

const tables = await tablesBefore(workload('mixed', records, history));
const aws = new ModelledAws();
const worker = make(aws);
for (let n = 0; n < WARM_UPS; n++) {
  aws.reset(tables.clone(), 0);
  await worker.handle(workload('mixed', Math.min(1_000, records), history).batch);
}
aws.reset(tables, 1);

const text = readFileSync(file, 'utf8');
const eventBytes = bytesOfEvent();
const base = used(true);
const event = JSON.parse(text) as DynamoDBStreamEvent;

let peak = used(true);
let requests = 0;
const every = Math.max(1, Math.floor((records * requestsPerRecord) / SAMPLES));
const sample = () => {
  if (forced === 'live' && requests++ % every !== 0) return;
  peak = Math.max(peak, used(forced === 'live'));
};
aws.onRequest(sample);
const timer = forced === 'live' ? undefined : setInterval(sample, 1);
await worker.handle(event.Records);
clearInterval(timer);

const result: MemoryRun = { eventBytes, peakBytes: peak - base };
process.stdout.write(JSON.stringify(result));
process.exit(0);

/** Of one event, measured on as many as give a measurable difference. */
function bytesOfEvent(): number {
  const before = used(true);
  const events = Array.from(
    { length: Math.ceil(LEAST_BYTES / text.length) },
    () => JSON.parse(text) as unknown,
  );
  return (used(true) - before) / events.length;
}

/** Bytes on the heap and beside it; only what is reachable, where garbage is collected first. */
function used(collected: boolean): number {
  if (collected) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
