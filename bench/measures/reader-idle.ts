import { CountedStates } from '../model/counted-states.ts';
import { ModelledShards } from '../model/modelled-shards.ts';
import { VirtualTime } from '../model/virtual-time.ts';
import { contrailReader, noWorker } from '../workers/reader/contrail.ts';
import type { IdleHour } from './reader.ts';

const MINUTE = 60_000;
/** Until the pauses are as long as they get. */
const BEFORE_MINUTES = 5;

/** What a process asks for that reads a stream of one shard, with its defaults, and nothing is written. */
export async function measureIdleHour(minutes: number): Promise<IdleHour> {
  const time = new VirtualTime();
  const source = new ModelledShards(1, time.sleeper);
  const states = new CountedStates();
  const stop = new AbortController();
  const reading = contrailReader(source, states, noWorker, stop.signal, { time });
  await time.pass(BEFORE_MINUTES * MINUTE);
  const before = { stream: { ...source.requests }, states: { ...states.requests } };
  await time.pass(minutes * MINUTE);
  const after = { stream: { ...source.requests }, states: { ...states.requests } };
  stop.abort();
  await time.until(reading);
  return {
    stream: perHour(after.stream, before.stream, minutes),
    states: perHour(after.states, before.states, minutes),
  };
}

type Counts = Readonly<Record<string, number>>;

function perHour(after: Counts, before: Counts, minutes: number): Counts {
  const grown = Object.entries(after).map(
    ([name, count]) => [name, ((count - (before[name] ?? 0)) * 60) / minutes] as const,
  );
  return Object.fromEntries(grown.filter(([, count]) => count > 0));
}
