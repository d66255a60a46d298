import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { leanPlugin } from './lean-plugin.ts';

export interface Bundle {
  /** By name, as they lie beside each other. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly metafile: Metafile;
}

/** For the CommonJS packages inside: an ES module has no `require` for Node's own modules. */
const BANNER = `import{createRequire as createRequireOfBundle}from'node:module';const require=createRequireOfBundle(import.meta.url);`;

/**
 * Bundles an entry file for Lambda's Node.js runtime: `<name>.mjs`, its source map, and the copyright comments that
 * it had. The same sources and the same lockfile give the same bytes, wherever and whenever. Without `lean`, packages
 * are taken as they are.
 *
 * @throws Error when a package does not have the form that is expected of it.
 */
export async function bundle(
  root: string,
  entry: string,
  name: string,
  { lean = true }: { readonly lean?: boolean } = {},
): Promise<Bundle> {
  const outdir = join(root, 'build', 'lambda');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { [name]: entry },
    outdir,
    outExtension: { '.js': '.mjs' },
    write: false,
    metafile: true,
    bundle: true,
    // What is imported only when it is needed has a file of its own, which a cold start need not read.
    splitting: lean,
    chunkNames: '[name]-[hash]',
    platform: 'node',
    target: 'node22',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: true,
    // A stack trace needs names and lines only.
    sourcesContent: false,
    legalComments: 'external',
    // Paths are as the project sees them, not where a link leads.
    preserveSymlinks: true,
    define: { 'process.env.NODE_ENV': '"production"', CONTRAIL_VERSION: JSON.stringify(version) },
    banner: { js: BANNER },
    plugins: lean ? [leanPlugin(root)] : [],
    logLevel: 'silent',
  });
  const files = outputFiles.map(({ path, contents }) => [path.slice(outdir.length + 1), contents] as const);
  return { files: new Map(files), metafile };
}
