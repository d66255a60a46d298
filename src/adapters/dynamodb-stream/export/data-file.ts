import { createHash } from 'node:crypto';
import type { ExportFiles } from '../../files/export-files.ts';
import { plainText, UnreadableRest } from '../../files/plain-text.ts';
import { type ManifestFile, unusable } from './manifest.ts';

/** A line of a data file. */
export interface DataLine {
  /** From 1 on. */
  readonly number: number;
  readonly text: Buffer;
}

const NEWLINE = 0x0a;
/** An item has at most 400 KB, which JSON makes some times as many of. */
const LONGEST_LINE = 16 * 1_024 * 1_024;

/** @throws Fault `configuration` where the file is not the one that the manifest has the checksum of. */
export async function checkDataFile(
  files: ExportFiles,
  { path, md5 }: ManifestFile,
  signal?: AbortSignal,
): Promise<void> {
  if (md5 === undefined) return;
  const hash = createHash('md5');
  for await (const chunk of files.bytes(path, signal)) hash.update(chunk);
  if (hash.digest('base64') !== md5)
    throw unusable(
      `${files.nameOf(path)} is not the file that the manifest has the checksum of: it is cut off, or was changed`,
    );
}

/**
 * The lines of a data file that have something in them, decompressed as they are asked for.
 *
 * @throws Fault `configuration` that names the line where the file cannot be decompressed, or ends with other rows than the manifest says.
 */
export async function* dataLines(
  files: ExportFiles,
  { path, rows }: ManifestFile,
  signal?: AbortSignal,
): AsyncGenerator<DataLine> {
  let number = 1;
  let found = 0;
  let begun: Buffer[] = [];
  let length = 0;
  const lineOf = (rest: Buffer): DataLine | undefined => {
    const text = begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
    begun = [];
    length = 0;
    const line = { number: number++, text };
    if (text.toString('latin1').trim() === '') return undefined;
    found++;
    return line;
  };
  try {
    for await (const chunk of plainText(files.bytes(path, signal))) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        const line = lineOf(chunk.subarray(from, at));
        from = at + 1;
        if (line !== undefined) yield line;
      }
      if (from < chunk.length) begun.push(Buffer.from(chunk.subarray(from)));
      length += chunk.length - from;
      if (length > LONGEST_LINE)
        throw new UnreadableRest(`the line has more than ${LONGEST_LINE} bytes, and is no item of a table`);
    }
  } catch (error) {
    if (!(error instanceof UnreadableRest)) throw error;
    throw unusable(`${files.nameOf(path)}:${number}: ${error.message}`);
  }
  const last = begun.length === 0 ? undefined : lineOf(Buffer.alloc(0));
  if (last !== undefined) yield last;
  if (found !== rows)
    throw unusable(`${files.nameOf(path)} has ${found} items, and the manifest says that it has ${rows}`);
}
