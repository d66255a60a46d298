import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(ROOT, 'dist', 'entrypoints', 'cli', 'main.js');
/** As deep in the project as what is built, which reads its package.json. */
const FOLDER = join(ROOT, 'node_modules', '.contrail-cli', String(process.pid));

/**
 * The built command line in few files, as arguments of Node: it starts in half the time, which goes into opening hundreds of
 * files. For tests that replay again and again. What is shipped is `CONTRAIL`, and the package in its own tests.
 */
export const BUNDLED_CONTRAIL: readonly string[] = [bundled()];

function bundled(): string {
  if (!existsSync(MAIN)) throw new Error('not built yet: run "npm run build" first');
  process.once('exit', () => rmSync(FOLDER, { recursive: true, force: true }));
  buildSync({
    ...{ entryPoints: [MAIN], outdir: FOLDER, outExtension: { '.js': '.mjs' } },
    // What a command loads when it is called stays apart, and every module is there once.
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', logLevel: 'warning' },
    external: [
      '@aws-sdk/*',
      '@electric-sql/pglite',
      'cli-progress',
      'commander',
      'electrodb',
      'esbuild',
      'fflate',
      'jiti',
      'pg',
      'winston',
    ],
  });
  return join(FOLDER, 'main.mjs');
}
