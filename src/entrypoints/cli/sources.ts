import { createReadStream, fstatSync, type Stats } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { Fault } from '../../domain/fault.ts';

/** A file that is read, or standard input. */
export interface SizedSource {
  /** What messages call it. */
  readonly name: string;
  readonly stats: Stats;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** @throws Fault `configuration` for a file that cannot be read. */
export async function openSources(files: readonly string[]): Promise<SizedSource[]> {
  if (files.filter((file) => file === '-').length > 1)
    throw new Fault('configuration', 'standard input (-) can be read only once');
  return Promise.all(
    files.map(async (file) => {
      if (file === '-')
        return { name: 'standard input', stats: fstatSync(process.stdin.fd), open: () => process.stdin };
      try {
        await access(file, constants.R_OK);
        const stats = await stat(file);
        if (stats.isDirectory()) throw new Error('it is a directory');
        return { name: file, stats, open: () => createReadStream(file, { highWaterMark: 1 << 18 }) };
      } catch (error) {
        throw new Fault('configuration', `cannot read ${file}: ${(error as Error).message}`, {
          cause: error,
        });
      }
    }),
  );
}

/** Bytes; undefined where something else than files is read. */
export function totalSize(sources: readonly SizedSource[]): number | undefined {
  return sources.every(({ stats }) => stats.isFile())
    ? sources.reduce((total, { stats }) => total + stats.size, 0)
    : undefined;
}
