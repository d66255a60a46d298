import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';

const PACKAGES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const { version } = JSON.parse(
  readFileSync(join(PACKAGES, '@electric-sql', 'pglite', 'package.json'), 'utf8'),
) as { readonly version: string };
const MADE = join(PACKAGES, '.contrail-pglite', version);

/**
 * Makes an embedded database in a folder, with nothing in it, as opening it there would: that takes seconds of the processor, and a copy of
 * one that was made before does not.
 */
export async function emptyDatabaseIn(folder: string): Promise<void> {
  if (!existsSync(MADE)) await make();
  await cp(MADE, folder, { recursive: true });
}

/** Once for all runs: another process may do the same at the same time, and the first is kept. */
async function make(): Promise<void> {
  const own = `${MADE}-${process.pid}`;
  await mkdir(dirname(MADE), { recursive: true });
  const database = await PGlite.create(own);
  await database.close();
  await rename(own, MADE).catch(async (error: unknown) => {
    if (!existsSync(MADE)) throw error;
    await rm(own, { recursive: true });
  });
}
