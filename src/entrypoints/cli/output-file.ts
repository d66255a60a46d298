import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, fstatSync, rmSync, type Stats } from 'node:fs';
import {
  access,
  constants,
  type FileHandle,
  open,
  readlink,
  realpath,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../../domain/fault.ts';
import { isSameFile } from './same-file.ts';
import { writePieces } from './standard-streams.ts';

export interface OutputFileOptions {
  /** What the file is, for messages: `the state file`. */
  readonly what: string;
  /** What is read meanwhile, and must not be written over. */
  readonly inputs?: readonly Stats[];
}

/** Characters that are written at once. */
const PIECE = 1 << 16;

/**
 * A file that appears whole or not at all: it is written to a temporary file beside it, which then takes its place.
 * A link is followed, an existing file keeps its mode, and `-` is standard output. A device or a pipe is written to,
 * and so is a file that cannot be replaced (mounted by itself, or in a folder that takes no new file).
 */
export class OutputFile {
  /** Whether this is where reports go, so that they must go elsewhere. */
  readonly isStandardOutput: boolean;
  readonly #label: string;
  readonly #target: string;
  readonly #handle: FileHandle | undefined;
  readonly #temporary: string | undefined;

  private constructor(label: string, target: string, handle?: FileHandle, temporary?: string) {
    this.isStandardOutput = handle === undefined;
    this.#label = label;
    this.#target = target;
    this.#handle = handle;
    this.#temporary = temporary;
    if (temporary !== undefined) process.once('exit', this.#forget);
  }

  /**
   * Makes everything ready, so that what is wrong is found out before the work, not after it.
   *
   * @throws Fault `configuration` when the file cannot be written, or is one of the inputs.
   */
  static async create(path: string, { what, inputs = [] }: OutputFileOptions): Promise<OutputFile> {
    if (path === '-') return new OutputFile(`${what} to standard output`, path);
    const label = `${what} ${path === '' ? '""' : path}`;
    try {
      if (path === '') throw new Error('its name is empty');
      const existing = await existingFile(path);
      const isSame = (other: Stats) => existing !== undefined && isSameFile(existing, other);
      if (existing === undefined || !existing.isCharacterDevice()) {
        if (inputs.some(isSame)) throw new Error('it is one of the input files');
        if (isSame(fstatSync(process.stdout.fd))) return new OutputFile(label, path);
      }
      if (existing !== undefined && !existing.isFile())
        return new OutputFile(label, path, await open(path, 'w'));
      const target = await targetOf(path);
      const { handle, temporary } = await openTemporary(target, existing);
      return new OutputFile(label, target, handle, temporary);
    } catch (error) {
      throw new Fault('configuration', `cannot write ${label}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /**
   * Writes the pieces, one after the other, and ends the file.
   *
   * @throws Fault `transient` that names the file; nothing of it is there then, unless it could not be replaced.
   */
  async write(pieces: AsyncIterable<string>): Promise<void> {
    if (this.#handle === undefined) {
      // Whoever watches standard output says what goes wrong there.
      await writePieces(process.stdout, inLargePieces(pieces)).catch(() => undefined);
      return;
    }
    try {
      // Goes on until all of a piece is written, however little one call takes.
      await writeFile(this.#handle, inLargePieces(pieces));
      if (this.#temporary !== undefined) await this.#handle.sync();
      await this.#handle.close();
      if (this.#temporary !== undefined) await putInPlace(this.#temporary, this.#target);
    } catch (error) {
      throw new Fault('transient', `cannot write ${this.#label}: ${(error as Error).message}`, {
        cause: error,
      });
    } finally {
      await this.discard();
    }
  }

  /** Leaves no trace; for when there is nothing to write after all. May be called again. */
  async discard(): Promise<void> {
    await this.#handle?.close();
    this.#forget();
    process.off('exit', this.#forget);
  }

  readonly #forget = () => {
    if (this.#temporary !== undefined) rmSync(this.#temporary, { force: true });
  };
}

async function existingFile(path: string): Promise<Stats | undefined> {
  const existing = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (existing?.isDirectory()) throw new Error('it is a directory');
  if (path.endsWith(sep)) throw new Error('it is named like a directory that does not exist');
  if (existing !== undefined) await access(path, constants.W_OK);
  return existing;
}

/** The file that a path leads to in the end, there or not. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    const link = await readlink(path).catch(() => undefined);
    if (link !== undefined) return targetOf(resolve(dirname(path), link));
    const folder = await realpath(dirname(path)).catch((missing: unknown) => {
      throw codeOf(missing) === 'ENOENT' ? new Error(`its folder ${dirname(path)} does not exist`) : missing;
    });
    return join(folder, basename(path));
  }
}

async function openTemporary(target: string, existing: Stats | undefined) {
  const name = `.contrail-${randomBytes(6).toString('hex')}.tmp`;
  let temporary = join(dirname(target), name);
  const handle = await open(temporary, 'wx').catch((error: unknown) => {
    // Where the folder takes no new file, one that is there may be written to all the same.
    if (existing === undefined || !['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))) throw error;
    temporary = join(tmpdir(), name);
    return open(temporary, 'wx', 0o600);
  });
  if (existing !== undefined) {
    // Only root may give a file away, and only root's would otherwise change hands.
    await handle.chown(existing.uid, existing.gid).catch(() => undefined);
    await handle.chmod(existing.mode & 0o7777);
  }
  return { handle, temporary };
}

async function putInPlace(temporary: string, target: string): Promise<void> {
  try {
    await rename(temporary, target);
  } catch (error) {
    // A mount point, a folder where others' files stay, or another file system: the file itself can be written to.
    if (!['EBUSY', 'EXDEV', 'EPERM', 'EACCES'].includes(codeOf(error))) throw error;
    await pipeline(createReadStream(temporary), createWriteStream(target));
  }
}

async function* inLargePieces(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let pending = '';
  for await (const piece of pieces) {
    pending += piece;
    if (pending.length < PIECE) continue;
    yield pending;
    pending = '';
  }
  if (pending !== '') yield pending;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
