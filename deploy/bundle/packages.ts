import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** A package of which a bundle has a part. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX: an id or an expression. */
  readonly licence: string;
  /** Its licences and notices, in the order of their files' names. */
  readonly texts: readonly string[];
}

const TEXT_FILE = /^(licen[cs]e|notice|copying|copyright)/i;

/** Where the package lies that a bundled file is of, and its name; undefined for the project's own files. */
export function packageOf(path: string): { readonly folder: string; readonly name: string } | undefined {
  const [, folder, name] = /(.*node_modules\/((?:@[^/]+\/)?[^/]+))/.exec(path) ?? [];
  return folder === undefined || name === undefined ? undefined : { folder, name };
}

/**
 * The packages that files of a bundle's code come from, by name and version; those that leave no more than a
 * re-export are among them.
 *
 * @throws Error that names the package which does not say its version or its licence.
 */
export async function bundledPackages(
  root: string,
  { outputs }: Metafile,
): Promise<readonly BundledPackage[]> {
  const folders = new Set<string>();
  for (const [output, { inputs }] of Object.entries(outputs))
    if (output.endsWith('.mjs'))
      for (const path of Object.keys(inputs)) {
        const found = packageOf(path);
        if (found !== undefined) folders.add(found.folder);
      }
  const packages = await Promise.all([...folders].map((folder) => readPackage(join(root, folder))));
  return packages.sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

async function readPackage(folder: string): Promise<BundledPackage> {
  const said = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const say = (name: string): string => {
    const value = said[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new Error(`${folder}/package.json has no ${name}: it cannot be bundled without`);
  };
  const files = (await readdir(folder, { withFileTypes: true }))
    .filter((file) => file.isFile() && TEXT_FILE.test(file.name))
    .map((file) => file.name)
    .sort();
  return {
    name: say('name'),
    version: say('version'),
    licence: say('license'),
    texts: await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8'))),
  };
}
