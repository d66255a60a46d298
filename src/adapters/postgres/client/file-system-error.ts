/** The errors of the file system that the embedded database runs on, as WASI numbers them: https://github.com/emscripten-core/emscripten (`errno_codes`). */
const CODES: Readonly<Record<number, readonly [code: string, words: string]>> = {
  2: ['EACCES', 'permission denied'],
  29: ['EIO', 'input or output failed'],
  33: ['EMFILE', 'too many open files'],
  44: ['ENOENT', 'a file is missing'],
  51: ['ENOSPC', 'no space is left'],
  63: ['EPERM', 'operation not permitted'],
  69: ['EROFS', 'read-only file system'],
};

/** What such an error says, which has a number and no message; undefined where it is none. */
export function fileSystemError(error: unknown): string | undefined {
  const { name, errno } = (error ?? {}) as { readonly name?: unknown; readonly errno?: unknown };
  if (name !== 'ErrnoError' || typeof errno !== 'number') return undefined;
  const [code, words] = CODES[errno] ?? [`errno ${errno}`, 'the file system failed'];
  return `${words} (${code})`;
}
