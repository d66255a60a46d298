/**
 * Says in one line why a definition file cannot be loaded, and what to do.
 *
 * @param shorten makes paths in a text as short as they are clear.
 */
export function loadingProblem(error: unknown, path: string, shorten: (text: string) => string): string {
  // Primitives that the file throws come wrapped.
  if (!(error instanceof Error)) return `threw ${JSON.stringify(error)} when it was loaded: correct it`;
  const [firstLine = ''] = error.message.split('\n');
  const syntax = /^(?:\w+: )?(.*?)\s*\n\s*(\S.*?):(\d+):\d+\s*$/.exec(error.message);
  if (syntax !== null && error.message.startsWith('ParseError: ')) {
    const [, what = '', file = '', line = ''] = syntax;
    const where = file === path ? `in line ${line}` : `in line ${line} of ${shorten(file)}, which it imports`;
    return `is no TypeScript or JavaScript: ${what} ${where}: correct the line`;
  }
  const { code, path: unread } = error as { readonly code?: unknown; readonly path?: unknown };
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND')
    return `imports what is not there: ${shorten(firstLine)}: install the package, or correct the import`;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return 'is no TypeScript or JavaScript by its name: let it end in .ts, .mts, .js or .mjs';
  if (unread === path) return `cannot be read: ${shorten(firstLine)}`;
  return `threw when it was loaded${lineOf(error, path)}: ${shorten(firstLine)}: correct it`;
}

/** The line of the file that an error comes from, as far as its stack tells. */
function lineOf({ stack = '' }: Error, path: string): string {
  const at = stack.indexOf(`${path}:`);
  const line = at < 0 ? undefined : /^\d+/.exec(stack.slice(at + path.length + 1))?.[0];
  return line === undefined ? '' : `, in line ${line}`;
}
