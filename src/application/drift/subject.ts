import type { DerivedKey } from '../../domain/derived-rows.ts';
import { describeKey, nameOfKey } from '../../domain/derived-rows.ts';
import { describeRow } from '../../domain/row-view.ts';
import { pointerKey } from '../../domain/stored-rows.ts';
import type { DocumentKey } from '../../domain/search-document.ts';
import { type Entity, entityKey } from '../../domain/pointer.ts';
import { itemKey, keyOf, type Row } from '../../domain/row.ts';

/** What is looked at as one: everything that is derived from one row but pointers, or one pointer, or what names no row. */
export type Subject =
  | {
      readonly is: 'row';
      /** As one of the kinds that it can be. */
      readonly row: Row;
      /** Derived rows that say they are derived from it. */
      readonly listed: readonly ListedKey[];
    }
  | { readonly is: 'pointer'; readonly entity: Entity }
  | { readonly is: 'document'; readonly derivation: string; readonly key: DocumentKey }
  | {
      readonly is: 'derived row';
      readonly derivation: string;
      readonly key: DerivedKey;
      /** What it says it is derived from, which is no row that can be. */
      readonly source: string;
    };

/** Where a derived row is, and by which derivation. */
export interface ListedKey {
  readonly derivation: string;
  readonly key: DerivedKey;
}

/** One text per subject: the same for a row whatever was listed of it. */
export function subjectName(subject: Subject): string {
  switch (subject.is) {
    case 'row':
      return rowName(subject.row);
    case 'pointer':
      return pointerName(subject.entity);
    case 'document':
      return documentName(subject.key);
    case 'derived row':
      return derivedRowName(subject.key, subject.source);
  }
}

/* The names of what is found when it is listed; no two of different things are the same. */

/** A row as one of its kinds. */
export function rowName(row: Row): string {
  return `row ${row.model.name} ${itemKey(keyOf(row))}`;
}

export function pointerName(entity: Entity): string {
  return `pointer ${entityKey(entity)}`;
}

export function documentName({ collection, id }: DocumentKey): string {
  return `document ${collection} ${id}`;
}

export function derivedRowName(key: DerivedKey, source: string): string {
  return `derived ${nameOfKey(key)} ${source}`;
}

/** What a subject is, for people. */
export function subjectWords(subject: Subject): string {
  switch (subject.is) {
    case 'row':
      return `what is derived from ${describeRow(subject.row)}`;
    case 'pointer': {
      const { partition, sort } = pointerKey(subject.entity);
      return `pointer ${JSON.stringify([partition, sort])}`;
    }
    case 'document':
      return `document ${subject.key.collection}/${subject.key.id}`;
    case 'derived row':
      return `row ${describeKey(subject.key)}`;
  }
}
