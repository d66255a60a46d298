import { join } from 'node:path';
import type { Plan } from '../plan.ts';
import { inTurn } from './batches.ts';
import type { Children } from './children.ts';
import type { FunctionName, Functions } from './functions.ts';
import { paired } from './paired.ts';
import { type Scene, sceneOf, writeScene } from './scene.ts';
import { measureSeries } from './series.ts';
import { ratios, type Spread, spreadOf } from './statistics.ts';

/** Contrail in functions with little memory. */
export interface SmallFunction {
  /** Of a core, at 512 MB: Lambda gives a whole one at 1,769 MB. */
  readonly share: number;
  readonly recordsPerSecond: Spread;
  /** How many times as long as Contrail Powertools in parallel takes there. */
  readonly timesAsLong: Spread;
  /** MB that a function takes for the largest event that Lambda delivers, Node's own included. */
  readonly peakMb: Spread;
  /** What the SDK's clients alone take for it. Missing in what was measured before this was. */
  readonly leastPeakMb?: Spread;
}

const SHARE = 512 / 1_769;
/** As Lambda's runtime starts Node in a function of 128 MB: a tenth of it is for new objects, the rest for old ones. */
const NODE_IN_128_MB = ['--max-semi-space-size=6', '--max-old-space-size=116'];
const RUNS = 3;
/** One after the other, as a function has them. */
const EVENTS = 3;

export async function measureSmallFunction(
  children: Children,
  functions: Functions,
  plan: Plan,
  folder: string,
): Promise<SmallFunction> {
  const scene = join(folder, 'small.json');
  writeScene(scene, await sceneOf('mixed', plan.records, plan.history));
  const [, latencyMs] = plan.latenciesMs;
  const runs = await inTurn(['Contrail', 'Powertools parallel'] as const, 1, (subject) =>
    measureSeries(
      children,
      { subject, scene, latencyMs, warmUp: plan.warmUp, rounds: plan.rounds, seed: 1 },
      SHARE,
    ),
  );
  const own = (runs.get('Contrail') ?? []).map(({ seconds }) => seconds);
  const peer = (runs.get('Powertools parallel') ?? []).map(({ seconds }) => seconds);
  const largest = await sceneOf('mixed', plan.mostRecords, plan.history);
  const [peaks = [], least = []] = await paired(
    (['Contrail', 'the SDK alone'] as const).map((name) => () => peakMbOf(functions, name, largest)),
    Math.min(RUNS, plan.coldStarts),
    0,
  );
  return {
    share: SHARE,
    recordsPerSecond: spreadOf(own.map((seconds) => plan.records / seconds)),
    timesAsLong: ratios(peer, own),
    peakMb: spreadOf(peaks),
    leastPeakMb: spreadOf(least),
  };
}

/** Infinite where the memory does not do. */
async function peakMbOf(functions: Functions, name: FunctionName, scene: Scene): Promise<number> {
  try {
    return (await functions.run(name, scene, { times: EVENTS, flags: NODE_IN_128_MB })).peakMb;
  } catch (error) {
    if (/out of memory/.test((error as { stderr?: string }).stderr ?? '')) return Infinity;
    throw error;
  }
}
