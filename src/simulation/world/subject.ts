import type { TableDefinition } from '../../domain/definition/define-table.ts';
import type { ItemKey } from '../../domain/row.ts';
import type { Attributes } from '../../domain/value.ts';
import type { Port } from '../faults/call-faults.ts';
import type { Spoil } from '../faults/poison.ts';
import type { Item } from './item.ts';
import type { Settings } from './settings.ts';
import type { Operation } from './workload.ts';

/** What a world is about: a table's definition, what is written to the table, and what is known of that. */
export interface Subject {
  readonly definition: TableDefinition;
  /** The definition that is deployed in the middle of some worlds. Has the kinds of rows and the derivations of the first one. */
  readonly later?: TableDefinition | undefined;
  /** How many worlds of a hundred come to that. */
  readonly redefined: number;
  /** What its worker calls, but for the generations of tables. */
  readonly ports: readonly Port[];
  /** Those of them that floods of writes call with several entries. */
  readonly floods: readonly Port[];
  /** Ways in which its records can be spoiled. */
  readonly spoils: readonly Spoil[];
  /** Whether the mapping's filters hold back rows of counts, from which nothing is derived. */
  readonly isFiltered: boolean;
  /** What is done to the table, in the order of its time. */
  operationsOf(settings: Settings): readonly Operation[];
  /** The row with another value of something that nothing is derived from. */
  noted(item: Item, row: Attributes, note: number): Attributes;
  /** Whether the item is written anew once the definition has changed. */
  isRewritten(item: Item): boolean;
  /** What a change asks of a worker with the definition: known without the worker's code. */
  askedBy(change: RowChange, definition: TableDefinition): Asked;
  /** How code of effects is called; undefined where it is only modelled. */
  readonly code?: EffectCode | undefined;
}

/** One subject for all seeds, or one for each: then what can be left out of it is asked for by its name. */
export type SubjectSource = Subject | ((seed: number, take: (name: string) => boolean) => Subject);

/** Code of effects that really runs. */
export interface EffectCode {
  /** Called before each world. */
  readonly reset?: (() => void) | undefined;
  /** What the code has done so far: compared before and after it is called once more for a change. */
  readonly snapshot?: (() => unknown) | undefined;
}

/** A change of a row. */
export interface RowChange {
  /** Undefined for rows that the worker writes into the table. */
  readonly item: Item | undefined;
  readonly at: ItemKey;
  /** Undefined where there was, or is, no row. */
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
  /** When it was made, in milliseconds since 1970, and whether the table's time-to-live process made it. */
  readonly time: number;
  readonly expired: boolean;
}

/** What a change asks for at least. */
export interface Asked {
  /** Documents that change, as `collection id`: the queue must have an action that is as new. */
  readonly documents: readonly string[];
  /** States of counts that must be as new. */
  readonly counted: readonly string[];
  /** Entities whose pointers must have been seen to be right, or written. */
  readonly entities: readonly AskedEntity[];
  /** States of derived rows that must be as new. */
  readonly derived: readonly string[];
  /** Derived rows that stay, whatever comes after: each must have been written once. */
  readonly kept: readonly KeptRow[];
  /** Derivations whose code must have run for this very change. */
  readonly effects: readonly string[];
}

export interface KeptRow {
  readonly derivation: string;
  /** By `rowName`. */
  readonly name: string;
}

export interface AskedEntity {
  readonly derivation: string;
  /** The parts of the partition key. */
  readonly parts: readonly string[];
}

export const NOTHING_ASKED: Asked = {
  documents: [],
  counted: [],
  entities: [],
  derived: [],
  kept: [],
  effects: [],
};
