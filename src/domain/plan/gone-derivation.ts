import type { CountModel } from '../count.ts';
import { rowModel } from '../definition/draft.ts';
import { KeyTemplate } from '../definition/key-template.ts';
import { partsOf } from '../definition/templates.ts';
import type { RowsModel } from '../derived-rows.ts';
import type { EffectModel } from '../effect.ts';
import type { PointerModel } from '../pointer.ts';
import type { DocumentModel } from '../search-document.ts';
import { type RowModel, TableModel } from '../table-model.ts';
import type { DerivationData } from './derivation-data.ts';

/** A derivation that the definition has no more, made of what was noted of it: it tells where things are, and derives nothing. */
export type GoneDerivation = {
  readonly name: string;
  /** By it the states and what stands beside rows are listed; the rows of an effect as if rows were derived from them. */
  readonly table: TableModel;
  readonly row: RowModel;
} & (
  | { readonly is: 'documents'; readonly model: DocumentModel }
  | { readonly is: 'counts'; readonly model: CountModel }
  | { readonly is: 'pointer'; readonly model: PointerModel }
  | { readonly is: 'rows'; readonly model: RowsModel }
  | { readonly is: 'effect'; readonly model: EffectModel }
);

/** Makes a derivation of what was noted of it. */
export function goneDerivation(name: string, data: DerivationData): GoneDerivation {
  const { keys } = data;
  const [partition, sort] = [new KeyTemplate(data.row.partition), templateOf(data.row.sort)];
  const names = partsOf(partition, sort);
  const rules = data.row.rules.map((rule) => rule ?? undefined);
  const row = rowModel({ name: data.row.name, partition, sort, names, rules });
  const table = () => new TableModel(keys, [row]);
  const rows = (keep: boolean): RowsModel => {
    const of = { name: `the function of the derivation ${name}`, run: underivable };
    return { name, of, on: undefined, keep, keys, written: [], rowOf: () => undefined };
  };
  switch (data.is) {
    case 'documents': {
      const { collection, id, constants, wanted } = data;
      const model: DocumentModel = { name, collection, id, constants, wanted, fields: [], where: undefined };
      row.documents.push(model);
      return { is: data.is, name, table: table(), row, model };
    }
    case 'counts': {
      const { typed, as, state } = data;
      const model: CountModel = {
        ...{ name, typed, as, by: [] },
        // Whether it is a sum tells how its row looks.
        amount: data.amount === undefined ? undefined : as,
        ...{ partition: new KeyTemplate(data.partition), sort: templateOf(data.sort) },
        state: state && { partition: new KeyTemplate(state.partition), sort: new KeyTemplate(state.sort) },
      };
      row.counts.push(model);
      return { is: data.is, name, table: table(), row, model };
    }
    case 'pointer': {
      const { at, choose, repeat, repeatedParts } = data;
      const model: PointerModel = {
        ...{ name, kind: row.name, keys, partition, sort: sort ?? new KeyTemplate('') },
        ...{ sortRules: rules.slice(partition.names.length), when: data.row.when },
        ...{ at, choose, repeat, repeatedParts },
      };
      row.pointers.push(model);
      return { is: data.is, name, table: table(), row, model };
    }
    case 'rows': {
      const model = rows(data.keep);
      row.derivedRows.push(model);
      return { is: data.is, name, table: table(), row, model };
    }
    case 'effect': {
      row.derivedRows.push(rows(true));
      const model: EffectModel = {
        ...{ name, on: undefined, where: undefined, backfill: false, attempts: 1, timeoutMs: 1 },
        ...{ backoff: undefined, takes: 'one', run: underivable },
      };
      return { is: data.is, name, table: table(), row, model };
    }
  }
}

function templateOf(text: string | undefined): KeyTemplate | undefined {
  return text === undefined ? undefined : new KeyTemplate(text);
}

function underivable(): never {
  throw new Error('a derivation that is gone derives nothing');
}
