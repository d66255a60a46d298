import type { Plan } from '../plan.ts';
import type { Children } from './children.ts';
import { ENGINE_PAIRS } from './engine-pairs.ts';
import { ratios, type Spread, spreadOf } from './statistics.ts';

/** Processor time of one thing against another, measured in pairs. */
export interface Comparison {
  /** Whose time it is: usually Contrail's, but a peer is compared with itself too. */
  readonly subject: string;
  readonly what: string;
  readonly against: string;
  /** Microseconds of processor time per record. */
  readonly microseconds: Spread;
  readonly peerMicroseconds: Spread;
  readonly ratio: Spread;
}

/** Contrail's microseconds of processor time per record of a mixed batch, before its first request. */
export type StagesRun = Readonly<Record<'route' | 'decode' | 'decide', number>>;
export type Stages = Readonly<Record<keyof StagesRun, Spread>>;

/**
 * Contrail's processor time against its peers', each in processes of its own, in turn: what V8 makes of code, and where it puts
 * objects, differs from process to process, and depends on what else runs there.
 */
export async function measureEngine(
  children: Children,
  plan: Plan,
  onComparison: (comparison: Comparison) => void,
): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const [index, { subject = 'Contrail', what, against }] of ENGINE_PAIRS.entries()) {
    const own: number[] = [];
    const peer: number[] = [];
    for (let turn = 0; turn < plan.engineProcesses; turn++)
      for (const side of turn % 2 === 0 ? (['own', 'peer'] as const) : (['peer', 'own'] as const))
        (side === 'own' ? own : peer).push(await inProcess<number>(children, `${index} ${side}`, plan));
    const comparison = {
      subject,
      what,
      against,
      microseconds: spreadOf(own),
      peerMicroseconds: spreadOf(peer),
      ratio: ratios(own, peer),
    };
    comparisons.push(comparison);
    onComparison(comparison);
  }
  return comparisons;
}

export async function measureStages(children: Children, plan: Plan): Promise<Stages> {
  const runs = await inProcesses<StagesRun>(children, 'stages', plan);
  const spread = (stage: keyof StagesRun) => spreadOf(runs.map((run) => run[stage]));
  return { route: spread('route'), decode: spread('decode'), decide: spread('decide') };
}

async function inProcesses<T>(children: Children, which: string, plan: Plan): Promise<T[]> {
  const runs: T[] = [];
  for (let n = 0; n < plan.engineProcesses; n++) runs.push(await inProcess<T>(children, which, plan));
  return runs;
}

function inProcess<T>(children: Children, which: string, plan: Plan): Promise<T> {
  return children.run<T>('engine', [which, JSON.stringify(plan)]);
}
