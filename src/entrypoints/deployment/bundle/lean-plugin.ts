import { join } from 'node:path';
import type { OnResolveResult, Plugin } from 'esbuild';

/** What a file imports, and what it gets instead. */
interface Replacement {
  readonly specifier: RegExp;
  /** Only for this package's files; otherwise for all. */
  readonly importedBy?: string;
  /** A file of `lean/`, or what the bundler takes instead. */
  readonly by: string | OnResolveResult;
}

/**
 * Packages that bring much more than a Lambda function uses. Each of these was worth its place (docs/performance.md):
 * see the file that takes the package's, which says why nothing is missed.
 */
const REPLACEMENTS: readonly Replacement[] = [
  { specifier: /^@aws-sdk\/credential-provider-node$/, by: 'credentials' },
  { specifier: /^@smithy\/core\/event-streams$/, by: 'event-streams' },
  { specifier: /\/aws-streams\.[jt]s$/, by: 'aws-streams' },
  { specifier: /^electrodb$/, by: 'electrodb' },
  { specifier: /\/postgres\.module\.[jt]s$/, by: 'postgres' },
  { specifier: /^winston$/, by: 'winston' },
  { specifier: /^logform$/, importedBy: 'winston', by: 'logform' },
  // readable-stream is a copy of Node's streams for places that have none.
  { specifier: /^readable-stream$/, by: { path: 'node:stream', external: true } },
  { specifier: /^readable-stream\/lib\/_stream_writable\.js$/, by: { path: 'writable', namespace: 'lean' } },
];

/**
 * Leaves out of a bundle what no Lambda function of Contrail uses.
 *
 * @param code the folder of Contrail's own code.
 */
export function leanPlugin(code: string): Plugin {
  return {
    name: 'lean',
    setup(build) {
      for (const { specifier, importedBy, by } of REPLACEMENTS)
        build.onResolve({ filter: specifier }, async ({ importer, kind }) => {
          const applies =
            importedBy === undefined ||
            importer.replaceAll('\\', '/').includes(`/node_modules/${importedBy}/`);
          if (!applies) return undefined;
          if (typeof by !== 'string') return by;
          // The bundler knows whether the code is TypeScript or built.
          const resolveDir = join(code, 'entrypoints/deployment/bundle/lean');
          return build.resolve(`./${by}`, { resolveDir, kind });
        });
      build.onLoad({ filter: /^writable$/, namespace: 'lean' }, () => ({
        contents: `module.exports = require('node:stream').Writable;`,
      }));
    },
  };
}
