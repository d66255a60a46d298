import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const OWN = fileURLToPath(new URL('./seed-process.ts', import.meta.url));
/** In the project, so that packages are found. */
const FOLDER = fileURLToPath(
  new URL(`../../../node_modules/.contrail-simulation/${process.pid}/`, import.meta.url),
);

/** A program that runs seeds, and the arguments that Node takes before it. */
export interface SeedProgram {
  readonly path: string;
  readonly execArgv: readonly string[];
}

/**
 * There is a process for each processor: with threads of its own for garbage, each would only disturb the others. What is
 * optimised for one world's rows and functions is thrown away in the next: a third of the time went into that, so it is done
 * later, for what is really called all the time.
 */
const V8 = [
  '--single-threaded-gc',
  '--min-semi-space-size=64',
  '--max-semi-space-size=64',
  '--interrupt-budget=1000000',
];

/** The program as it is written, which imports mutants, and whatever a definition's file does. */
export const WRITTEN: SeedProgram = { path: OWN, execArgv: [...V8, '--import', 'tsx'] };

let bundled: Promise<SeedProgram> | undefined;

/**
 * The same in one file, made once in a process. It starts in a fraction of the time, and its seeds take a tenth less: tsx gives
 * every function its name again, each time that it is made.
 */
export function bundledProgram(): Promise<SeedProgram> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<SeedProgram> {
  process.once('exit', () => rmSync(FOLDER, { recursive: true, force: true }));
  const path = join(FOLDER, 'seed-process.mjs');
  await build({
    ...{ entryPoints: [OWN], outfile: path, sourcemap: 'inline', logLevel: 'warning' },
    ...{ bundle: true, format: 'esm', platform: 'node', packages: 'external' },
  });
  return { path, execArgv: [...V8, '--enable-source-maps'] };
}
