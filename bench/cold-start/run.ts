import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundle } from '../../deploy/bundle/bundle.ts';
import { kilobytes, sizesByPackage, sizesText } from '../../deploy/bundle/sizes.ts';

/** How much longer the worker's first response may take than that of the SDK's clients alone. */
const BUDGET = 1.2;
const ROUNDS = 21;

const ROOT = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
const SDK_ONLY = 'bench/cold-start/sdk-only.ts';

/** What is measured: the worker, and the SDK's clients alone, bundled with the same cuts and without any. */
const BUNDLES = {
  contrail: { entry: 'src/entrypoints/lambda/handler.ts', lean: true },
  'sdk-lean': { entry: SDK_ONLY, lean: true },
  'sdk-plain': { entry: SDK_ONLY, lean: false },
} as const;
type Name = keyof typeof BUNDLES;
const NAMES = Object.keys(BUNDLES) as Name[];
const REFERENCES = ['sdk-lean', 'sdk-plain'] as const;

/** Loads the bundle, handles an empty event and says how long that took since the process began, and since the import. */
const DRIVER = `
  const imported = performance.now();
  const { handler } = await import(process.argv[1]);
  await handler({ Records: [] }, { getRemainingTimeInMillis: () => 60_000 });
  const responded = performance.now();
  const { user, system } = process.cpuUsage();
  const sample = { start: responded, load: responded - imported, cpu: (user + system) / 1000 };
  process.stdout.write('\\n' + JSON.stringify(sample));
  process.exit();
`;

/** Milliseconds. */
interface Sample {
  /** From the start of the process to the first response. */
  readonly start: number;
  /** From the import of the bundle to the first response. */
  readonly load: number;
  /** Processor time of the process. */
  readonly cpu: number;
}

const KINDS = [
  ['start', 'start of the process to first response'],
  ['load', 'import to first response'],
  ['cpu', 'processor time, which other processes disturb least'],
] as const satisfies readonly (readonly [keyof Sample, string])[];

const ENVIRONMENT = {
  TABLE_NAME: 'aircraft',
  STATE_TABLE_NAME: 'contrail-state',
  TYPESENSE_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/000000000000/search-actions.fifo',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'LOCAL',
  AWS_SECRET_ACCESS_KEY: 'LOCAL',
};

const folder = await mkdtemp(join(tmpdir(), 'contrail-cold-start-'));
try {
  for (const name of NAMES) {
    const { entry, lean } = BUNDLES[name];
    const { files, metafile } = await bundle(ROOT, entry, name, { lean });
    const code = [...files].filter(([file]) => file.endsWith('.mjs'));
    for (const [file, bytes] of code) await writeFile(join(folder, file), bytes);
    const size = code.reduce((sum, [, bytes]) => sum + bytes.length, 0);
    console.log(`${name}: ${kilobytes(size).trim()}\n${sizesText(sizesByPackage(metafile))}`);
  }
  report(await measure());
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(): Promise<Readonly<Record<Name, readonly Sample[]>>> {
  const samples: Record<Name, Sample[]> = { contrail: [], 'sdk-lean': [], 'sdk-plain': [] };
  // The first round is to warm up the disk.
  for (let round = 0; round <= ROUNDS; round++)
    for (const name of NAMES) {
      const sample = await run(name);
      if (round > 0) samples[name].push(sample);
    }
  return samples;
}

function report(samples: Readonly<Record<Name, readonly Sample[]>>): void {
  console.log(
    `Node.js ${process.version}, ${ROUNDS} rounds, alternating. Milliseconds: median (quartiles), and what the`,
  );
  console.log(`worker's median is of the other's. The budget is ${BUDGET.toFixed(2)}.\n`);
  for (const [kind, title] of KINDS) {
    console.log(title);
    const valuesOf = (name: Name) => samples[name].map((sample) => sample[kind]);
    console.log(`  ${'contrail'.padEnd(10)} ${spread(valuesOf('contrail'))}`);
    for (const name of REFERENCES) {
      const ratio = quantile(valuesOf('contrail'), 0.5) / quantile(valuesOf(name), 0.5);
      console.log(
        `  ${name.padEnd(10)} ${spread(valuesOf(name))}  ${ratio.toFixed(2)} ${ratio <= BUDGET ? '' : 'over budget'}`.trimEnd(),
      );
    }
  }
}

async function run(name: Name): Promise<Sample> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', DRIVER, join(folder, `${name}.mjs`)],
    { env: ENVIRONMENT },
  );
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n'))) as Sample;
}

function spread(values: readonly number[]): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(values, share).toFixed(0));
  return `${middle} (${low} to ${high})`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * share)] ?? NaN;
}
