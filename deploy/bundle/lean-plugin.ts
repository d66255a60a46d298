import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OnResolveArgs, OnResolveResult, Plugin } from 'esbuild';
import { hoistCommonJs } from './hoist-commonjs.ts';

/** What a file imports, and what it gets instead. */
interface Replacement {
  readonly specifier: RegExp;
  /** Only for this package's files; otherwise for all. */
  readonly importedBy?: string;
  /** A file of `lean/`, or what the bundler takes instead. */
  readonly by: string | OnResolveResult;
}

const WRITABLE: OnResolveResult = { path: 'writable', namespace: 'lean' };

/**
 * Packages that bring much more than a Lambda function uses. Each of these was worth its place: see the file that
 * takes the package's, which says why nothing is missed.
 */
const REPLACEMENTS: readonly Replacement[] = [
  { specifier: /^@aws-sdk\/credential-provider-node$/, by: 'credentials' },
  { specifier: /^@smithy\/core\/event-streams$/, by: 'event-streams' },
  { specifier: /^@aws-sdk\/lib-dynamodb$/, importedBy: 'electrodb', by: 'document-commands' },
  { specifier: /^jsonschema$/, importedBy: 'electrodb', by: 'model-validator' },
  { specifier: /^winston$/, by: 'winston' },
  { specifier: /^logform$/, importedBy: 'winston', by: 'logform' },
  { specifier: /^fecha$/, importedBy: 'logform', by: 'date-format' },
  // readable-stream is a copy of Node's streams for places that have none.
  { specifier: /^readable-stream$/, by: { path: 'node:stream', external: true } },
  { specifier: /^readable-stream\/lib\/_stream_writable\.js$/, by: WRITABLE },
];

/** Plain CommonJS packages that are large and regular enough to be made ES modules. */
const HOISTED = /\/node_modules\/electrodb\/.*\.js$/;

/** Leaves out of a bundle what no Lambda function of this project, whose root is given, uses. */
export function leanPlugin(root: string): Plugin {
  return {
    name: 'lean',
    setup(build) {
      for (const { specifier, importedBy, by } of REPLACEMENTS)
        build.onResolve({ filter: specifier }, ({ importer }: OnResolveArgs) => {
          const applies = importedBy === undefined || importer.includes(`/node_modules/${importedBy}/`);
          if (!applies) return undefined;
          return typeof by === 'string' ? { path: join(root, 'deploy/bundle/lean', `${by}.ts`) } : by;
        });
      build.onLoad({ filter: /^writable$/, namespace: 'lean' }, () => ({
        contents: `module.exports = require('node:stream').Writable;`,
        loader: 'js',
      }));
      build.onLoad({ filter: HOISTED }, async ({ path }) => ({
        contents: hoistCommonJs(await readFile(path, 'utf8'), path),
        loader: 'js',
      }));
    },
  };
}
