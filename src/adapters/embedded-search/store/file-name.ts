import { createHash } from 'node:crypto';
import { Fault } from '../../../domain/fault.ts';

const SUFFIX = '.documents';
/** File systems take 255 bytes; other files' names are made of this one. */
const LONGEST = 160;

/**
 * The name of a collection's file. Names of any text are harmless: all but small letters, digits, `_` and `-` is written as
 * `%` and hexadecimal digits, capitals too, which some file systems do not tell from small ones. What would be too long ends in
 * a hash; the file's first line has the whole name.
 *
 * @throws Fault `configuration` for a name that is empty or no text.
 */
export function fileNameOf(collection: string): string {
  if (collection === '' || !collection.isWellFormed())
    throw new Fault(
      'configuration',
      `collection ${JSON.stringify(collection)}: a collection's name must be a text that is not empty`,
    );
  const encoded = [...Buffer.from(collection)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[a-z0-9_-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  if (encoded.length <= LONGEST) return `${encoded}${SUFFIX}`;
  // A dot is in no name that is encoded whole.
  const hash = createHash('sha256').update(collection).digest('hex');
  return `${encoded.slice(0, LONGEST - 65)}.${hash}${SUFFIX}`;
}

export function isDocumentsFile(name: string): boolean {
  return name.endsWith(SUFFIX);
}
