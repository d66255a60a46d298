import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(ROOT, 'dist', 'entrypoints', 'cli', 'main.js');
/** As deep in the project as what is built, which reads its package.json. */
const FOLDER = join(ROOT, 'node_modules', '.contrail-cli', String(process.pid));

/** Runs the bundle with what V8 has compiled of it before. With KEEP_COMPILED it keeps that for those that follow. */
const START = `
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { Script } = require('node:vm');
const [filename, compiled] = [__dirname + '/main.cjs', __dirname + '/main.compiled'];
const source = '(function (exports, require, module, __filename, __dirname) {' + readFileSync(filename, 'utf8') + '\\n})';
const script = new Script(source, { filename, cachedData: existsSync(compiled) ? readFileSync(compiled) : undefined });
if (process.env.KEEP_COMPILED) process.on('exit', () => writeFileSync(compiled, script.createCachedData()));
script.runInThisContext()({}, createRequire(filename), { exports: {} }, filename, __dirname);
`;

/**
 * The built command line in one file, as arguments of Node: it starts in a third of the processor time, which goes into opening and compiling
 * hundreds of files. For tests that call it again and again. What is shipped is `CONTRAIL`, and the package in its own tests.
 */
export const BUNDLED_CONTRAIL: readonly string[] = [bundled()];

function bundled(): string {
  if (!existsSync(MAIN)) throw new Error('not built yet: run "npm run build" first');
  process.once('exit', () => rmSync(FOLDER, { recursive: true, force: true }));
  buildSync({
    stdin: {
      // Nothing comes after it, and the format knows no `await` of modules.
      contents: readFileSync(MAIN, 'utf8').replace('await runCommand(', 'void runCommand('),
      ...{ resolveDir: dirname(MAIN), sourcefile: MAIN },
    },
    ...{ outfile: join(FOLDER, 'main.cjs'), bundle: true, format: 'cjs', platform: 'node' },
    // Code that V8 has compiled before cannot import.
    ...{ supported: { 'dynamic-import': false }, logLevel: 'warning' },
    define: { 'import.meta.url': 'META_URL' },
    banner: { js: "const META_URL = require('node:url').pathToFileURL(__filename).href;" },
    // What has files of its own, or is not there.
    external: ['@electric-sql/pglite', 'esbuild', 'jiti', 'pg-native'],
  });
  const start = join(FOLDER, 'start.cjs');
  writeFileSync(start, START);
  // Of nothing, so that it comes through all that a replay needs.
  const { status, stderr } = spawnSync(process.execPath, [start, 'replay', '-'], {
    ...{ input: '', encoding: 'utf8', env: { PATH: process.env['PATH'], KEEP_COMPILED: 'true' } },
  });
  if (status !== 0) throw new Error(`the command line does not start in one file: ${stderr}`);
  return start;
}
