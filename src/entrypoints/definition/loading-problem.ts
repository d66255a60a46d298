import { isNativeError } from 'node:util/types';
import { wordsOf } from '../../domain/row-view.ts';
import { placeInCode } from './place-in-code.ts';

/**
 * Says in one line why a definition file cannot be loaded, and what to do.
 *
 * @param shorten makes paths in a text as short as they are clear.
 */
export function loadingProblem(error: unknown, path: string, shorten: (text: string) => string): string {
  // Primitives that the file throws come wrapped, and an error may be of another realm.
  if (!(error instanceof Error)) return `threw ${thrown(error)} when it was loaded: correct it`;
  const [firstLine = ''] = error.message.split('\n');
  const at = (file: string, line: string) =>
    file === path ? `in line ${line}` : `in line ${line} of ${shorten(file)}, which it imports`;
  const syntax = /^(?:\w+: )?(.*?)\s*\n\s*(\S.*?):(\d+):\d+\s*$/.exec(error.message);
  if (syntax !== null && error.message.startsWith('ParseError: ')) {
    const [, what = '', file = '', line = ''] = syntax;
    return `is no TypeScript or JavaScript: ${what} ${at(file, line)}: correct the line`;
  }
  const place = placeInCode(error);
  const where = place === undefined ? '' : `, ${at(place.file, place.line)}`;
  const { code, path: unread } = error as { readonly code?: unknown; readonly path?: unknown };
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND')
    return `imports what is not there${where}: ${shorten(firstLine)}: install the package, or correct the import`;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return 'is no TypeScript or JavaScript by its name: let it end in .ts, .mts, .js or .mjs';
  if (unread === path) return `cannot be read: ${shorten(firstLine)}`;
  return `threw when it was loaded${where}: ${shorten(firstLine)}: correct it`;
}

function thrown(error: unknown): string {
  if (isNativeError(error)) return error.message;
  return typeof error === 'string' ? JSON.stringify(error) : wordsOf(error);
}
