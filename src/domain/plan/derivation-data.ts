import type { CountModel } from '../count.ts';
import type { RowsModel } from '../derived-rows.ts';
import type { PartRule } from '../definition/overlap.ts';
import type { EffectModel } from '../effect.ts';
import { isPlainObject } from '../plain-value.ts';
import type { PointerModel } from '../pointer.ts';
import type { DocumentModel } from '../search-document.ts';
import type { KeySchema, RowModel, TableModel } from '../table-model.ts';
import { compareTexts } from '../compare-texts.ts';

/** The code of a function of the definition; null where it is left out. */
type Code = string | null;

/** A derivation of any kind, as the worker works with it. */
export type AnyDerivation =
  | { readonly is: 'documents'; readonly row: RowModel; readonly model: DocumentModel }
  | { readonly is: 'counts'; readonly row: RowModel; readonly model: CountModel }
  | { readonly is: 'pointer'; readonly row: RowModel; readonly model: PointerModel }
  | { readonly is: 'rows'; readonly row: RowModel; readonly model: RowsModel }
  | { readonly is: 'effect'; readonly row: RowModel; readonly model: EffectModel };

/** What a derivation says, as plain data: what JSON keeps. */
export type DerivationData = {
  readonly keys: KeySchema;
  readonly row: {
    readonly name: string;
    readonly partition: string;
    readonly sort: string | undefined;
    /** Null where a part may hold anything. */
    readonly rules: readonly (NonNullable<PartRule> | null)[];
    readonly when: RowModel['when'];
    readonly numbers: RowModel['numbers'];
    /** Whose schema its rows have: what that asks for cannot be seen. */
    readonly schema: string | undefined;
  };
} & (
  | ({ readonly is: 'documents'; readonly fields: readonly string[] | Code; readonly where: Code } & Pick<
      DocumentModel,
      'collection' | 'id' | 'constants' | 'wanted' | 'types'
    >)
  | ({
      readonly is: 'counts';
      readonly by: readonly string[] | Code;
      readonly amount: string | { readonly code: Code } | undefined;
      readonly partition: string;
      readonly sort: string | undefined;
      readonly state: { readonly partition: string; readonly sort: string } | undefined;
    } & Pick<CountModel, 'typed' | 'as'>)
  | ({ readonly is: 'pointer' } & Pick<PointerModel, 'at' | 'choose' | 'repeat' | 'repeatedParts'>)
  | ({ readonly is: 'rows'; readonly of: Code } & Pick<RowsModel, 'on' | 'keep'>)
  | ({ readonly is: 'effect'; readonly where: Code } & Pick<EffectModel, 'on' | 'backfill'>)
);

/** All derivations of a definition, by the kinds of rows. */
export function derivationsOf({ rows }: TableModel): readonly AnyDerivation[] {
  return rows.flatMap((row): readonly AnyDerivation[] => [
    ...row.documents.map((model) => ({ is: 'documents', row, model }) as const),
    ...row.counts.map((model) => ({ is: 'counts', row, model }) as const),
    ...row.pointers.map((model) => ({ is: 'pointer', row, model }) as const),
    ...row.derivedRows.map((model) => ({ is: 'rows', row, model }) as const),
    ...row.effects.map((model) => ({ is: 'effect', row, model }) as const),
  ]);
}

/** What a derivation says, without its functions: enough to know where what it derives is. */
export function derivationData(keys: KeySchema, derivation: AnyDerivation): DerivationData {
  return dataOf(keys, derivation, () => null);
}

/**
 * One text for a derivation: the same in each process, and another wherever the definition gives another result, as far as that can
 * be seen. Functions stand in it by their source text as it was loaded: comments and names in it count, and what a function takes from
 * around it does not. Of an effect it has what decides which rows a backfill runs it for, and not what it does, since it runs once.
 */
export function derivationText(keys: KeySchema, derivation: AnyDerivation): string {
  return JSON.stringify(
    dataOf(keys, derivation, (run) => String(run)),
    inOrder,
  );
}

/**
 * Whether what is derived by one stands elsewhere by the other, so that a backfill does not find it: the keys of counts and of derived rows are
 * noted with each row, those of documents and pointers are not.
 */
export function standsElsewhere(one: DerivationData, other: DerivationData): boolean {
  return JSON.stringify(placeOf(one), inOrder) !== JSON.stringify(placeOf(other), inOrder);
}

function placeOf(data: DerivationData): unknown {
  switch (data.is) {
    case 'documents':
      return [data.is, data.collection, data.id, data.row.partition, data.row.sort];
    case 'pointer':
      return [data.is, data.row.partition, data.at];
    case 'counts':
      return [data.is, data.row.partition, data.row.sort, data.state];
    case 'rows':
    case 'effect':
      return [data.is, data.row.partition, data.row.sort];
  }
}

type Run = (...given: never) => unknown;

function dataOf(
  keys: KeySchema,
  { is, row, model }: AnyDerivation,
  codeOf: (run: Run) => Code,
): DerivationData {
  const code = (named: { readonly run: Run } | undefined) => (named === undefined ? null : codeOf(named.run));
  const shared = { keys, row: rowData(row) };
  switch (is) {
    case 'documents': {
      const { collection, id, fields, constants, wanted, where, types } = model;
      const named = 'run' in fields ? code(fields) : fields;
      return { ...shared, is, collection, id, fields: named, constants, wanted, where: code(where), types };
    }
    case 'counts': {
      const { by, amount, partition, sort, typed, as, state } = model;
      return {
        ...{ ...shared, is, by: 'run' in by ? code(by) : by },
        amount: typeof amount === 'object' ? { code: code(amount) } : amount,
        ...{ partition: partition.text, sort: sort?.text, typed, as },
        state: state && { partition: state.partition.text, sort: state.sort.text },
      };
    }
    case 'pointer': {
      const { at, choose, repeat, repeatedParts } = model;
      return { ...shared, is, at, choose, repeat, repeatedParts };
    }
    case 'rows':
      return { ...shared, is, of: code(model.of), on: model.on, keep: model.keep };
    case 'effect': {
      const { where, on, backfill } = model;
      return { ...shared, is, where: where === undefined ? null : codeOf(where), on, backfill };
    }
  }
}

function rowData(row: RowModel): DerivationData['row'] {
  const { name, partition, sort, rules, when, numbers, schema } = row;
  return {
    ...{ name, partition: partition.text, sort: sort?.text, when, numbers },
    rules: rules.map((rule) => rule ?? null),
    schema: schema?.['~standard'].vendor,
  };
}

/** For JSON: the members of objects in the order of their names. */
function inOrder(_name: string, value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => compareTexts(a, b)));
}
