import { join } from 'node:path';
import type { BuildFailure, Plugin } from 'esbuild';
import { Fault } from '../../domain/fault.ts';
import { bundle } from './bundle/bundle.ts';
import { CODE_EXTENSION, CODE_FOLDER } from './bundle/code-folder.ts';
import { loadEsbuild } from './bundle/esbuild.ts';

/** What the functions are called for Lambda: the worker is the file `index.mjs`, the indexer `indexer.mjs`, the verifier `verifier.mjs`, the export `handler` of each. */
export const HANDLER = 'index.handler';
export const INDEXER = 'indexer.handler';
export const VERIFIER = 'verifier.handler';

/** Packages that Contrail's cuts change. Who imports one of them beside Contrail might miss what is cut. */
const CUT_PACKAGES = /node_modules[\\/](?:@aws-sdk|@smithy|electrodb|logform|readable-stream|winston)[\\/]/;

/**
 * The files of the Lambda functions for a definition: `index.mjs`, `indexer.mjs` and `verifier.mjs`, the files that they load when they need them, and source
 * maps. They hold the definition with the packages that it imports, Contrail, and the SDK; nothing has to be installed
 * beside them. What the definition imports as `contrail` is this very package. The same files give the same bytes.
 *
 * @param file the definition; undefined for the fleet's, which Contrail ships.
 * @param project the folder whose paths are told in source maps, and where esbuild may be installed.
 * @throws Fault `configuration` when there is no esbuild, or something cannot be bundled.
 */
export async function definitionBundle(
  file: string | undefined,
  project: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  try {
    const lean = file === undefined || !(await importsCutPackages(file, project));
    const { files } = await bundle(project, FUNCTIONS, {
      lean,
      code: CODE_FOLDER,
      preserveSymlinks: false,
      plugins: [functionPlugin(file ?? codeFile('fleet/definition')), contrailPlugin],
    });
    return files;
  } catch (error) {
    if (Fault.is(error)) throw error;
    throw new Fault('configuration', `${file ?? 'the fleet'} cannot be bundled: ${problemOf(error)}`, {
      cause: error,
    });
  }
}

/** Files that are written nowhere, by what is made of them. */
const FUNCTIONS = { index: 'contrail:worker', indexer: 'contrail:indexer', verifier: 'contrail:verifier' };

/** What makes the handler of each. */
const MAKERS: Readonly<Record<string, readonly [file: string, name: string]>> = {
  worker: ['environment-handler', 'environmentHandler'],
  indexer: ['environment-indexer', 'environmentIndexer'],
  verifier: ['environment-verifier', 'environmentVerifier'],
};

function functionPlugin(definition: string): Plugin {
  const exported = definition === codeFile('fleet/definition') ? '{ fleet as definition }' : 'definition';
  return {
    name: 'function',
    setup(build) {
      build.onResolve({ filter: /^contrail:/ }, ({ path }) => ({
        path: path.slice('contrail:'.length),
        namespace: 'contrail',
      }));
      build.onLoad({ filter: /.*/, namespace: 'contrail' }, ({ path }) => {
        const [file = '', make = ''] = MAKERS[path] ?? [];
        return {
          contents: `import ${exported} from ${JSON.stringify(definition)};
          import { ${make} } from ${JSON.stringify(codeFile(`entrypoints/lambda/${file}`))};
          export const handler = ${make}(definition);`,
          resolveDir: CODE_FOLDER,
        };
      });
    },
  };
}

/** The entry points of the package, by what comes after its name. */
const ENTRY_POINTS: Readonly<Record<string, string>> = {
  contrail: 'index',
  'contrail/adapters': 'adapters',
  'contrail/testing': 'testing',
};

const contrailPlugin: Plugin = {
  name: 'contrail',
  setup(build) {
    build.onResolve({ filter: /^contrail(?:\/\w+)?$/ }, ({ path }) => {
      const entry = ENTRY_POINTS[path];
      return entry === undefined ? undefined : { path: codeFile(entry), sideEffects: false };
    });
  },
};

/** Whether a definition, or what it imports beside Contrail, uses packages that Contrail's cuts change. */
async function importsCutPackages(file: string, project: string): Promise<boolean> {
  const { build } = await loadEsbuild(project);
  const { metafile } = await build({
    absWorkingDir: project,
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    external: Object.keys(ENTRY_POINTS),
    logLevel: 'silent',
  });
  return Object.keys(metafile.inputs).some((path) => CUT_PACKAGES.test(path));
}

function codeFile(name: string): string {
  return join(CODE_FOLDER, name + CODE_EXTENSION);
}

function problemOf(error: unknown): string {
  const [first] = (error as Partial<BuildFailure>).errors ?? [];
  if (first === undefined) return error instanceof Error ? error.message : String(error);
  const { text, location } = first;
  return location === null ? text : `${text} (${location.file}, line ${location.line})`;
}
