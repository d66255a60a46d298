import { Decimal } from './decimal.ts';
import { Fault } from './fault.ts';
import { isObject, type Json } from './json.ts';
import type { ItemKey } from './row.ts';
import type { SearchAction } from './search-action.ts';
import type { DocumentFields } from './search-document.ts';
import type { Version } from './version.ts';

/** Levels of maps and lists in a document: no more than a row may have. Bounds what hostile input costs. */
const MAX_DEPTH = 64;

/**
 * The search action that a message is, as `messageText` writes it. Members that are not known are ignored, as later versions
 * may add some; an action that is not known is refused, as nobody knows what it asks for.
 *
 * @param message its JSON, with numbers as Decimals.
 * @param name what to call it in the Fault.
 * @returns otherwise a Fault `permanent` that says what is wrong, and nothing of what the message says.
 */
export function searchActionIn(message: unknown, name: string): SearchAction | Fault {
  const found = read(message);
  return typeof found === 'string' ? notAnAction(found, name) : found;
}

/** Of a message that is no search action. */
export function notAnAction(problem: string, name: string): Fault {
  return new Fault('permanent', `${name} is no search action: ${problem}`, {
    reason: `a message is no search action: ${problem}`,
  });
}

/** @returns otherwise what is wrong. */
function read(message: unknown): SearchAction | string {
  if (!isObject(message) || message instanceof Decimal) return 'it is no JSON object';
  const [action, collection, id] = [own(message, 'action'), own(message, 'collection'), own(message, 'id')];
  if (action !== 'upsert' && action !== 'delete')
    return action === undefined
      ? 'it has no action'
      : 'its action is neither upsert nor delete: if a later version of Contrail sent it, deploy that one';
  if (!isText(collection)) return 'it names no collection';
  if (!isText(id)) return 'it names no id';
  const version = versionIn(message);
  if (typeof version === 'string') return version;
  const identity = identityIn(message, version);
  if (identity === undefined) return 'its identity has no stream and sequence';
  const row = rowIn(message);
  if (row === 'malformed') return 'its row has no keys';
  const document = documentIn(message, action);
  if (typeof document === 'string') return document;
  return { key: { collection, id }, version, identity, document, ...(row === undefined ? {} : { row }) };
}

/** A property of its own, whatever others are called. */
function own(json: Json, name: string): unknown {
  return Object.hasOwn(json, name) ? json[name] : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function memberOf(message: Json, name: string): Json | 'malformed' | undefined {
  const value = own(message, name);
  if (value === undefined) return undefined;
  return isObject(value) && !(value instanceof Decimal) ? value : 'malformed';
}

function versionIn(message: Json): Version | string {
  const found = memberOf(message, 'version');
  if (found === undefined) return 'it has no version';
  if (found === 'malformed') return 'its version is no object';
  const [epoch, sequence] = [own(found, 'epoch'), own(found, 'sequence')];
  if (typeof epoch !== 'string') return 'its version has no epoch';
  if (typeof sequence !== 'string' || !/^\d+$/.test(sequence)) return 'its version has no sequence of digits';
  const generation = integerIn(found, 'generation') ?? 0;
  if (!(generation >= 0)) return 'the generation of its version is no integer of at least 0';
  const fill = integerIn(found, 'fill');
  if (fill === undefined) return { generation, epoch, sequence };
  return fill > 0 ? { generation, epoch, sequence, fill } : 'the fill of its version is no integer above 0';
}

/** @returns NaN for what is none that a number keeps, and undefined where there is nothing. */
function integerIn(json: Json, name: string): number | undefined {
  const value = own(json, name);
  if (value === undefined) return undefined;
  const number = value instanceof Decimal ? Number(value.text) : NaN;
  return Number.isSafeInteger(number) ? number : NaN;
}

/** Of the change; what its version says, where the message does not. */
function identityIn(
  message: Json,
  { epoch, sequence: place }: Version,
): SearchAction['identity'] | undefined {
  const found = memberOf(message, 'identity');
  if (found === undefined) return { stream: epoch, sequence: place };
  if (found === 'malformed') return undefined;
  const [stream, sequence] = [own(found, 'stream'), own(found, 'sequence')];
  return typeof stream === 'string' && typeof sequence === 'string' ? { stream, sequence } : undefined;
}

function rowIn(message: Json): ItemKey | 'malformed' | undefined {
  const found = memberOf(message, 'row');
  if (found === undefined || found === 'malformed') return found;
  const [partition, sort] = [own(found, 'partition'), own(found, 'sort')];
  if (typeof partition !== 'string') return 'malformed';
  return sort === undefined || typeof sort === 'string' ? { partition, sort } : 'malformed';
}

function documentIn(message: Json, action: 'upsert' | 'delete'): DocumentFields | undefined | string {
  const found = own(message, 'document');
  if (action === 'delete') return found === undefined ? undefined : 'it is a delete with a document';
  if (!isObject(found) || found instanceof Decimal) return 'it is an upsert without a document';
  return isTooDeep(found)
    ? `its document is nested more than ${MAX_DEPTH} levels deep`
    : (found as DocumentFields);
}

/** Whether a document is nested deeper than any row is. */
export function isTooDeep(document: object): boolean {
  return isDeeper(document, MAX_DEPTH);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Decimal) return false;
  if (levels === 0) return true;
  // Members of its own only, as in all that JSON makes.
  for (const name in value)
    if (Object.hasOwn(value, name) && isDeeper((value as Json)[name], levels - 1)) return true;
  return false;
}
