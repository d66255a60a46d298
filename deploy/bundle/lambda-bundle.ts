import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { billOfMaterials } from './bill-of-materials.ts';
import { bundle, type Bundle } from '../../src/entrypoints/deployment/bundle/bundle.ts';
import { licencesText } from './licences.ts';
import { bundledPackages } from './packages.ts';

export const HANDLER = 'src/entrypoints/lambda/handler.ts';
export const INDEXER = 'src/entrypoints/lambda/indexer.ts';
export const VERIFIER = 'src/entrypoints/lambda/verifier.ts';

/**
 * What the function's zip file holds: the code, its source maps, `LICENCES.txt` with the licence texts of all packages
 * that are in it, and `bom.cdx.json`, the list of them. As reproducible as `bundle` is.
 *
 * @throws Error when a package cannot be bundled, or has no licence text and no reason to have none.
 */
export async function lambdaBundle(root: string): Promise<Bundle> {
  const { files, metafile } = await bundle(root, {
    handler: HANDLER,
    indexer: INDEXER,
    verifier: VERIFIER,
  });
  const packages = await bundledPackages(root, metafile);
  const own = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license: string;
  };
  const bundled = { name: own.name, version: own.version, licence: own.license };
  const encoder = new TextEncoder();
  return {
    metafile,
    files: new Map([
      ...files,
      ['LICENCES.txt', encoder.encode(licencesText(packages))],
      ['bom.cdx.json', encoder.encode(billOfMaterials(bundled, packages))],
    ]),
  };
}
