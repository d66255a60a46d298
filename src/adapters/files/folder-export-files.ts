import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../domain/fault.ts';
import type { ExportFiles } from './export-files.ts';
import { codeOf, fileFault } from './file-fault.ts';

/** Files of an export that are in a folder, as `aws s3 sync` brings them. */
export class FolderExportFiles implements ExportFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  nameOf(path: string): string {
    return join(this.#folder, path);
  }

  async folders(path: string): Promise<readonly string[]> {
    try {
      const entries = await readdir(this.nameOf(path), { withFileTypes: true });
      return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted();
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw fileFault(`reading ${this.nameOf(path)}`, error);
    }
  }

  async small(path: string): Promise<Buffer | undefined> {
    try {
      return await readFile(this.nameOf(path));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw fileFault(`reading ${this.nameOf(path)}`, error);
    }
  }

  async *bytes(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    signal?.throwIfAborted();
    try {
      for await (const chunk of createReadStream(this.nameOf(path), { signal })) yield chunk as Buffer;
    } catch (error) {
      signal?.throwIfAborted();
      if (codeOf(error) === 'ENOENT')
        throw new Fault(
          'configuration',
          `${this.nameOf(path)} is missing, which the export's manifest names: bring all of the export here (aws s3 sync), and run the same command again`,
          { cause: error },
        );
      throw fileFault(`reading ${this.nameOf(path)}`, error);
    }
  }
}
