import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../src/entrypoints/deployment/bundle/bundle.ts';
import type { Plan } from '../plan.ts';
import { inChild } from './in-child.ts';
import { paired } from './paired.ts';
import { ratios, type Spread, spreadOf } from './statistics.ts';

/** The first response of a new process with Contrail's bundle, against one with the SDK's clients alone. */
export interface ColdStart {
  readonly against: string;
  /** From the start of the process to the response. */
  readonly milliseconds: Spread;
  readonly peerMilliseconds: Spread;
  readonly ratio: Spread;
  /** The same of processor time, which other processes disturb least. */
  readonly processorRatio: Spread;
}

const SDK_ONLY = 'bench/workers/sdk-only.ts';
const PEERS = [
  { name: 'sdk-plain', entry: SDK_ONLY, lean: false, against: "the SDK's clients, bundled as they are" },
  { name: 'sdk-lean', entry: SDK_ONLY, lean: true, against: "the SDK's clients, with Contrail's own cuts" },
] as const;
const BUNDLES = [{ name: 'contrail', entry: 'src/entrypoints/lambda/handler.ts', lean: true }, ...PEERS];

/** Loads the bundle, handles an empty event and says how long that took since the process began. */
const DRIVER = `
  const { handler } = await import(process.argv[1]);
  await handler({ Records: [] }, { getRemainingTimeInMillis: () => 60_000 });
  const milliseconds = performance.now();
  const { user, system } = process.cpuUsage();
  process.stdout.write('\\n' + JSON.stringify({ milliseconds, processorMs: (user + system) / 1000 }));
  process.exit();
`;

const ENVIRONMENT = {
  TABLE_NAME: 'aircraft',
  STATE_TABLE_NAME: 'contrail-state',
  TYPESENSE_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/000000000000/search-actions.fifo',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'LOCAL',
  AWS_SECRET_ACCESS_KEY: 'LOCAL',
};

interface Start {
  readonly milliseconds: number;
  readonly processorMs: number;
}

/** Cold starts, without Lambda's own part in them: Node.js, the bundle, and an event without records. */
export async function measureColdStarts(root: string, plan: Plan): Promise<ColdStart[]> {
  const folder = await mkdtemp(join(tmpdir(), 'contrail-bench-'));
  try {
    for (const { name, entry, lean } of BUNDLES) {
      const { files } = await bundle(root, entry, name, { lean });
      for (const [file, bytes] of files)
        if (file.endsWith('.mjs')) await writeFile(join(folder, file), bytes);
    }
    const starts = BUNDLES.map(({ name }) => {
      const file = join(folder, `${name}.mjs`);
      return () => start(file);
    });
    // One more first: it reads the files from the disk.
    const [own = [], ...peers] = await paired(starts, plan.coldStarts, 1);
    return PEERS.map(({ against }, index) => {
      const theirs = peers[index] ?? [];
      return {
        against,
        milliseconds: spreadOf(own.map(milliseconds)),
        peerMilliseconds: spreadOf(theirs.map(milliseconds)),
        ratio: ratios(own.map(milliseconds), theirs.map(milliseconds)),
        processorRatio: ratios(own.map(processorMs), theirs.map(processorMs)),
      };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function start(file: string): Promise<Start> {
  return inChild<Start>(['--input-type=module', '--eval', DRIVER, file], ENVIRONMENT);
}

const milliseconds = (one: Start) => one.milliseconds;
const processorMs = (one: Start) => one.processorMs;
