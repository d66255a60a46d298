import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentWrite, SearchIndex } from '../../../src/application/ports/search-index.ts';
import type { DocumentFields } from '../../../src/domain/search-document.ts';
import { collect } from '../../support/collect.ts';
import { comparableFields } from '../../support/comparable.ts';
import { version } from '../../support/factories.ts';

export function put(id: string, fields: DocumentFields = {}): DocumentWrite {
  return { id, document: { id, ...fields }, version: version(1) };
}

export function removal(id: string): DocumentWrite {
  return { id, document: undefined, version: version(1) };
}

/** All documents of a collection by id, in comparable form. */
export async function documentsOf(index: SearchIndex, collection: string): Promise<Map<string, unknown>> {
  const documents = await collect(index.documents(collection));
  return new Map(documents.map(({ id, fields }) => [id, comparableFields(fields)]));
}

/** Runs a test in a folder of its own. */
export async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'contrail-'));
  try {
    await test(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The only file of documents in a folder. */
export async function fileIn(folder: string): Promise<string> {
  const [file] = (await readdir(folder)).filter((name) => name.endsWith('.documents'));
  return join(folder, file!);
}
