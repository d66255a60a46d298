import type { FileHandle } from 'node:fs/promises';
import { Fault } from '../../../domain/fault.ts';
import { beginsCall, isWhole, readHead } from './line.ts';

/** Bytes that are read at once. */
const CHUNK = 1 << 20;
const LINE_BREAK = 0x0a;

/** Whole lines, one after the other. Each is only good until the function returns. */
export type OnLine = (bytes: Buffer, offset: number) => void;

/** How far a file is good. */
export interface Scanned {
  /** The offset behind the last whole line. */
  readonly end: number;
  /** Whether a line follows that ends in a line break, and is not as it was written. */
  readonly isDamaged: boolean;
}

/**
 * Reads lines up to an offset. What follows the last good one is a call's that never ended: the process was killed, or the
 * power failed, before it was answered.
 *
 * @throws Fault `configuration` where a damaged line is followed by a later call's: what was answered is lost then.
 */
export async function scan(
  handle: FileHandle,
  path: string,
  { from, to }: { readonly from: number; readonly to: number },
  onLine: OnLine,
): Promise<Scanned> {
  let damaged: number | undefined;
  let end = from;
  for await (const { bytes, offset } of chunksOfLines(handle, from, to))
    for (let start = 0; start < bytes.length;) {
      const stop = bytes.indexOf(LINE_BREAK, start);
      const line = bytes.subarray(start, stop);
      if (!isWhole(line)) damaged ??= offset + start;
      else if (damaged !== undefined) {
        if (beginsCall(line)) throw damagedFault(path, damaged);
      } else {
        onLine(line, offset + start);
        end = offset + stop + 1;
      }
      start = stop + 1;
    }
  return { end, isDamaged: damaged !== undefined };
}

export function damagedFault(path: string, offset: number): Fault {
  return new Fault(
    'configuration',
    `${path} is damaged at byte ${offset}, and documents may be lost: put a copy of the file back, or take it away and index its collection again`,
    { reason: `${path} is damaged` },
  );
}

/** Pieces of a file that end in a line break. What follows the last one is left out. */
async function* chunksOfLines(handle: FileHandle, from: number, to: number) {
  let rest = Buffer.alloc(0);
  for (let position = from; position < to;) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, to - position));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
    // Cut off by somebody else meanwhile.
    if (bytesRead === 0) return;
    const read = chunk.subarray(0, bytesRead);
    const last = read.lastIndexOf(LINE_BREAK);
    const offset = position - rest.length;
    position += bytesRead;
    if (last < 0) rest = Buffer.concat([rest, read]);
    else {
      yield { bytes: Buffer.concat([rest, read.subarray(0, last + 1)]), offset };
      rest = Buffer.from(read.subarray(last + 1));
    }
  }
}

/**
 * Reads a file's first line.
 *
 * @returns whose file it is, and the offset behind the line.
 * @throws Fault `configuration` where it is no file of ours.
 */
export async function scanHead(
  handle: FileHandle,
  path: string,
): Promise<{ readonly collection: string; readonly end: number }> {
  const start = Buffer.alloc(CHUNK);
  const { bytesRead } = await handle.read(start, 0, start.length, 0);
  const stop = start.subarray(0, bytesRead).indexOf(LINE_BREAK);
  const head =
    stop < 0 ? { problem: 'does not begin as a file of documents' } : readHead(start.subarray(0, stop));
  if ('problem' in head)
    throw new Fault(
      'configuration',
      `${path} ${head.problem}: name the folder that contrail keeps documents in, or take the file away`,
    );
  return { collection: head.collection, end: stop + 1 };
}
