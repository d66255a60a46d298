import { crc32 } from 'node:zlib';
import type { DocumentFields } from '../../../domain/search-document.ts';
import type { Value } from '../../../domain/value.ts';
import { fromStoredFields, toStoredFields } from './stored-value.ts';

/*
 * A line of a collection's file, in UTF-8:
 *
 *     1a2b3c4d +"id"⇥{"name":"Pen","price":{"N":"1.50"}}
 *
 * Eight hexadecimal digits are the CRC-32 of all that follows the blank. The mark after it says how the line was written: `+`
 * begins a call, a `-` goes on with it, so that a line whose call was answered is told from one whose call never ended. `#` is
 * the first line of the file, which says what the file is. The id is a JSON string, and so without a tab; without a document the
 * line says that there is none.
 */

/** Where in a line the mark is. */
const MARK = 9;
const TAB = 0x09;
const BEGINS = '+';
const GOES_ON = '-';
const HEAD = '#';

export function headLine(collection: string): Buffer {
  return line(HEAD, JSON.stringify({ contrail: 'documents', format: FORMAT, collection }));
}

/** What a line of another format is not read as. */
const FORMAT = 1;

/** A line with its line break. */
export function entryLine(id: string, document: DocumentFields | undefined, begins: boolean): Buffer {
  const name = JSON.stringify(id);
  return line(
    begins ? BEGINS : GOES_ON,
    document === undefined ? name : `${name}\t${JSON.stringify(storedWithoutId(document))}`,
  );
}

/** The id stands before the document. */
function storedWithoutId(document: DocumentFields): object {
  const stored = toStoredFields(document) as Record<string, unknown>;
  delete stored['id'];
  return stored;
}

function line(mark: string, rest: string): Buffer {
  const bytes = Buffer.from(`00000000 ${mark}${rest}\n`);
  return withChecksum(bytes);
}

function withChecksum(bytes: Buffer): Buffer {
  const sum = crc32(bytes.subarray(MARK, -1)).toString(16).padStart(8, '0');
  bytes.write(sum, 0, 'latin1');
  return bytes;
}

/** Whether a line, without its line break, is as it was written. */
export function isWhole(bytes: Buffer): boolean {
  return (
    bytes.length > MARK &&
    bytes[MARK - 1] === 0x20 &&
    parseInt(bytes.toString('latin1', 0, MARK - 1), 16) === crc32(bytes.subarray(MARK))
  );
}

/** The same line with its line break, as the first of a call. */
export function asBeginning(bytes: Buffer): Buffer {
  const copy = Buffer.alloc(bytes.length + 1, '\n');
  bytes.copy(copy);
  copy.write(BEGINS, MARK, 'latin1');
  return withChecksum(copy);
}

/** Of a whole line. */
export function beginsCall(bytes: Buffer): boolean {
  return bytes[MARK] === BEGINS.charCodeAt(0);
}

/** What a whole line is about: all but its document. */
export interface Entry {
  readonly id: string;
  readonly isDocument: boolean;
}

/** @throws SyntaxError where a whole line is none of ours. */
export function entryOf(bytes: Buffer): Entry {
  const tab = bytes.indexOf(TAB, MARK);
  const id: unknown = JSON.parse(bytes.toString('utf8', MARK + 1, tab < 0 ? bytes.length : tab));
  if (typeof id !== 'string') throw new SyntaxError('no id');
  return { id, isDocument: tab >= 0 };
}

/** The document of a whole line that has one, `id` first. @throws SyntaxError or TypeError where it is none of ours. */
export function documentOf(id: string, bytes: Buffer): DocumentFields {
  const fields = Object.create(null) as Record<string, Value>;
  fields['id'] = id;
  return fromStoredFields(JSON.parse(bytes.toString('utf8', bytes.indexOf(TAB, MARK) + 1)), fields);
}

/** What a file's first line says: its collection, or what is wrong with it. */
export function readHead(bytes: Buffer): { readonly collection: string } | { readonly problem: string } {
  const none = { problem: 'does not begin as a file of documents' };
  if (!isWhole(bytes) || bytes[MARK] !== HEAD.charCodeAt(0)) return none;
  const { format, collection } = JSON.parse(bytes.toString('utf8', MARK + 1)) as Record<string, unknown>;
  if (typeof collection !== 'string') return none;
  if (format !== FORMAT)
    return { problem: `has format ${String(format)}; this version of contrail reads format ${FORMAT}` };
  return { collection };
}
