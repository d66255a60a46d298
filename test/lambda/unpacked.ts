import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { archive } from '../../src/entrypoints/deployment/bundle/archive.ts';
import type { Bundle } from '../../src/entrypoints/deployment/bundle/bundle.ts';
import { lambdaBundle } from '../../deploy/bundle/lambda-bundle.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

let built: Promise<Bundle> | undefined;

/** The bundle of the function, built once for all suites. */
export function builtBundle(): Promise<Bundle> {
  built ??= lambdaBundle(ROOT);
  return built;
}

/** A folder with what Lambda unpacks from the zip file, far from any `node_modules`. */
export async function unpackedBundle(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const { files } = await builtBundle();
  const folder = await mkdtemp(join(tmpdir(), 'contrail-lambda-'));
  for (const [name, bytes] of Object.entries(unzipSync(archive(files))))
    await writeFile(join(folder, name), bytes);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
