import { join } from 'node:path';
import type { Metafile, Plugin } from 'esbuild';
import { loadEsbuild } from './esbuild.ts';
import { leanPlugin } from './lean-plugin.ts';

export interface Bundle {
  /** By name, as they lie beside each other. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly metafile: Metafile;
}

/** For the CommonJS packages inside: an ES module has no `require` for Node's own modules. */
const BANNER = `import{createRequire as createRequireOfBundle}from'node:module';const require=createRequireOfBundle(import.meta.url);`;

export interface BundleOptions {
  /** Whether packages are cut down to what Contrail uses of them. Otherwise they are taken as they are. */
  readonly lean?: boolean;
  /** The folder of Contrail's own code: `src` of the root, unless given. */
  readonly code?: string;
  /** Whether paths are as the project sees them, not where a link leads. */
  readonly preserveSymlinks?: boolean;
  readonly plugins?: readonly Plugin[];
}

/**
 * Bundles entry files for Lambda's Node.js runtime: `<name>.mjs` of each, its source map, and the copyright comments that
 * it had. The same sources and the same packages give the same bytes, wherever and whenever.
 *
 * @param root the folder of the project, which paths are told from.
 * @param entries by the names of the files to make.
 * @throws what esbuild throws when something cannot be bundled; Fault `configuration` when there is no esbuild.
 */
export async function bundle(
  root: string,
  entries: Readonly<Record<string, string>>,
  { lean = true, code = join(root, 'src'), preserveSymlinks = true, plugins = [] }: BundleOptions = {},
): Promise<Bundle> {
  const { build } = await loadEsbuild(root);
  const outdir = join(root, 'build', 'lambda');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { ...entries },
    outdir,
    outExtension: { '.js': '.mjs' },
    write: false,
    metafile: true,
    bundle: true,
    // What is imported only when it is needed has a file of its own, which a cold start need not read.
    splitting: lean,
    chunkNames: '[name]-[hash]',
    platform: 'node',
    // Optional: whoever uses one has it beside the bundle.
    external: ['pg', '@electric-sql/pglite'],
    target: 'node22',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: true,
    // A stack trace needs names and lines only.
    sourcesContent: false,
    legalComments: 'external',
    preserveSymlinks,
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: BANNER },
    plugins: [...plugins, ...(lean ? [leanPlugin(code)] : [])],
    logLevel: 'silent',
  });
  const files = outputFiles.map(({ path, contents }) => [path.slice(outdir.length + 1), contents] as const);
  return { files: new Map(files), metafile };
}
