import { RandomLatency } from '../model/latency.ts';
import { ModelledAws } from '../model/modelled-aws.ts';
import { VirtualTime } from '../model/model-time.ts';
import type { Plan } from '../plan.ts';
import { contrail } from '../workers/contrail.ts';
import { sceneOf } from './scene.ts';

/** How long Contrail waits for the usual batch where latencies vary, in medians of a single read, without any time of a processor. */
export interface Waiting {
  readonly p50: number;
  readonly p99: number;
}

export async function measureWaiting(plan: Plan): Promise<Waiting> {
  const { batch, tables } = await sceneOf('mixed', plan.records, plan.history);
  const aws = new ModelledAws();
  const worker = contrail(aws);
  aws.reset(tables.clone());
  await worker.handle(batch);
  const waited: number[] = [];
  for (let seed = 0; seed < plan.tailRounds; seed++) {
    const time = new VirtualTime();
    aws.reset(tables.clone(), { latency: new RandomLatency(1, seed), time });
    await worker.handle(batch);
    waited.push(time.now);
  }
  aws.close();
  waited.sort((a, b) => a - b);
  const at = (part: number) => waited[Math.ceil(part * waited.length) - 1] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
