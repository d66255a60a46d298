import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/*
 * Files that are written beside their place, and moved onto it once they are whole.
 */

/** Bytes that are written at once. */
const WINDOW = 1 << 18;

/** A file that is not in its place yet. */
export function draftOf(path: string): string {
  return `${path}.draft`;
}

/** Of a process that was killed. */
export async function removeDraft(path: string): Promise<void> {
  await rm(draftOf(path), { force: true });
}

/** @returns the file, open for reading and writing, and on the disk. */
export async function writeDraft(
  path: string,
  pieces: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<FileHandle> {
  const handle = await open(draftOf(path), 'w+');
  try {
    let position = 0;
    let pending: Buffer[] = [];
    let bytes = 0;
    const flush = async () => {
      await writeAll(handle, Buffer.concat(pending), position);
      position += bytes;
      [pending, bytes] = [[], 0];
    };
    for await (const piece of pieces as AsyncIterable<Buffer>) {
      pending.push(piece);
      bytes += piece.length;
      if (bytes > WINDOW) await flush();
    }
    await flush();
    await handle.sync();
    return handle;
  } catch (error) {
    await handle.close();
    await removeDraft(path);
    throw error;
  }
}

/** A file's name is on the disk once its folder is. */
export async function syncFolderOf(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  // One call may write less than all, as where the disk is full.
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
