import type { Plan } from '../plan.ts';
import type { FunctionName, Functions } from './functions.ts';
import { paired } from './paired.ts';
import { sceneOf } from './scene.ts';
import { ratios, type Spread, spreadOf } from './statistics.ts';

/** The first effect of a new process with Contrail's bundle, against one with a handler written by hand. */
export interface ColdStart {
  readonly against: FunctionName;
  /** From the start of the process to the first request that is no read. */
  readonly milliseconds: Spread;
  readonly peerMilliseconds: Spread;
  readonly ratio: Spread;
  /** The same of all processor time of the first batch, which other processes disturb least. */
  readonly processorRatio: Spread;
}

const RECORDS = 10;
const PEERS = [
  'strong, exactly once',
  'strong, exactly once, bundled as it is',
  'record by record',
  'the SDK alone',
] as const;

/** Cold starts, without Lambda's own part in them: Node.js, the bundle, and a first mixed batch of ten. */
export async function measureColdStarts(functions: Functions, plan: Plan): Promise<ColdStart[]> {
  const scene = await sceneOf('mixed', RECORDS, plan.history);
  const subjects = (['Contrail', ...PEERS] as const).map((name) => () => functions.run(name, scene));
  // One more first: it reads the files from the disk.
  const [own = [], ...peers] = await paired(subjects, plan.coldStarts);
  return PEERS.map((against, index) => {
    const theirs = peers[index] ?? [];
    const [ours, others] = [own.map(firstEffect), theirs.map(firstEffect)];
    return {
      against,
      milliseconds: spreadOf(ours),
      peerMilliseconds: spreadOf(others),
      ratio: ratios(ours, others),
      processorRatio: ratios(
        own.map((run) => run.processorMs),
        theirs.map((run) => run.processorMs),
      ),
    };
  });
}

function firstEffect({ firstEffectMs }: { readonly firstEffectMs: number }): number {
  return firstEffectMs;
}
