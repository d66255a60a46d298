import { parse } from 'lossless-json';
import { Decimal } from '../../domain/decimal.ts';
import { Fault } from '../../domain/fault.ts';
import { isObject } from '../../domain/json.ts';
import type { IndexedDocument } from '../../application/ports/search-index.ts';
import type { DocumentFields } from '../../domain/search-document.ts';

/**
 * A line of an export: numbers keep every digit.
 *
 * @throws Fault `transient` where it is no document: a server that fails in the middle of an export says so in its last line.
 */
export function readDocument(line: string, from: string): IndexedDocument {
  let document: unknown;
  try {
    document = parse(line, undefined, (digits) => Decimal.parse(digits));
  } catch {
    // What it says may cite a document.
    throw notADocument(from);
  }
  if (!isObject(document) || typeof document['id'] !== 'string') throw notADocument(from);
  return { id: document['id'], fields: document as DocumentFields };
}

function notADocument(from: string): Fault {
  return new Fault(
    'transient',
    `${from} gave a line that is no document, as it does when it fails in the middle`,
  );
}
