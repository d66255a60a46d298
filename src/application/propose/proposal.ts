import type { PartRule } from '../../domain/definition/overlap.ts';
import type { ItemKey } from '../../domain/row.ts';
import type { KeySchema } from '../../domain/table-model.ts';
import type { ObjectType } from './attribute-types.ts';
import type { NamedPart } from './name-parts.ts';

/** A kind of row that a table seems to have. */
export interface ProposedKind {
  /** Fit for a variable. */
  readonly name: string;
  /** Templates, by the names of the table's key attributes. */
  readonly key: ReadonlyMap<string, string>;
  readonly parts: readonly (NamedPart & { readonly rule: PartRule })[];
  /** The attribute that tells it from kinds with such keys, and its value. */
  readonly when: { readonly attribute: string; readonly value: string } | undefined;
  /** Whether it has numbers that JavaScript does not hold exactly. */
  readonly isExact: boolean;
  /** Undefined where only keys were seen. */
  readonly attributes: ObjectType | undefined;
  /** How many different keys were seen. */
  readonly rows: number;
  /** What could not be told, in sentences. */
  readonly doubts: readonly string[];
}

export interface Proposal {
  readonly keys: KeySchema;
  /** The kind with the most rows first. */
  readonly kinds: readonly ProposedKind[];
  /** How many different keys were seen. */
  readonly rows: number;
  /** Rows that fit no pattern. */
  readonly others: { readonly rows: number; readonly examples: readonly ItemKey[] };
}
