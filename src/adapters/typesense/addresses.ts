import { Fault } from '../../domain/fault.ts';

/** A collection's address. Each part is encoded: the server decodes it once, and takes + for a space. */
export function collectionPath(collection: string): string {
  return `/collections/${part(collection, 'collection')}`;
}

export function aliasPath(alias: string): string {
  return `/aliases/${part(alias, 'alias')}`;
}

/** A document's address, of an id that no filter can name (`isNameable`): dots would lead out of the path. */
export function documentPath(collection: string, id: string): string {
  return `${collectionPath(collection)}/documents/${encodeURIComponent(id)}`;
}

function part(name: string, what: string): string {
  if (/^\.*$/.test(name))
    throw new Fault(
      'configuration',
      `${JSON.stringify(name)} cannot be the name of a Typesense ${what}: it is empty, or nothing but dots`,
    );
  return encodeURIComponent(name);
}

/** Ids of a filter, which has at most 100 operations. */
export const MAX_FILTERED = 100;

/** Letters of a filter, encoded: addresses of more than 8 kB are refused by many a proxy. */
export const MAX_FILTER_LENGTH = 4_000;

/**
 * Whether a filter can name an id. No back-tick can stand in one, `*` would be every document, and blanks at its ends are
 * lost; ids that are made of a row's key are of these characters but for few. `..`, and `export` and `search`, which are other
 * addresses, can be named by a filter alone.
 */
export function isNameable(id: string): boolean {
  return /^[\w.:~%@#$-]+$/.test(id) && id.length <= MAX_FILTER_LENGTH / 6;
}

/** The filter for documents by their ids. */
export function filterById(ids: readonly string[]): string {
  return `id:[${ids.map((id) => `\`${id}\``).join()}]`;
}
