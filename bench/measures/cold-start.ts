import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundle } from '../../deploy/bundle/bundle.ts';
import type { Plan } from '../plan.ts';
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
const BUNDLES = [
  { name: 'contrail', entry: 'src/entrypoints/lambda/handler.ts', lean: true },
  { name: 'sdk-plain', entry: SDK_ONLY, lean: false, against: "the SDK's clients, bundled as they are" },
  { name: 'sdk-lean', entry: SDK_ONLY, lean: true, against: "the SDK's clients, with Contrail's own cuts" },
] as const;

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
    const processor: number[][] = BUNDLES.map(() => []);
    const starts = BUNDLES.map(({ name }, index) => async () => {
      const { milliseconds, processorMs } = await start(join(folder, `${name}.mjs`));
      processor[index]?.push(processorMs);
      return milliseconds;
    });
    // One more first: it reads the files from the disk.
    const milliseconds = await paired(starts, plan.coldStarts, 1);
    const measured = processor.map((values) => values.slice(-plan.coldStarts));
    const [own = []] = milliseconds;
    const [ownProcessor = []] = measured;
    return BUNDLES.flatMap((peer, index) => {
      if (!('against' in peer)) return [];
      const theirs = milliseconds[index] ?? [];
      return [
        {
          against: peer.against,
          milliseconds: spreadOf(own),
          peerMilliseconds: spreadOf(theirs),
          ratio: ratios(own, theirs),
          processorRatio: ratios(ownProcessor, measured[index] ?? []),
        },
      ];
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function start(file: string): Promise<Start> {
  const parameters = ['--input-type=module', '--eval', DRIVER, file];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { env: ENVIRONMENT });
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n'))) as Start;
}
