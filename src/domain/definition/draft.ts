import type { CountModel } from '../count.ts';
import type { RowsModel } from '../derived-rows.ts';
import type { EffectModel } from '../effect.ts';
import type { PointerModel } from '../pointer.ts';
import type { DocumentModel } from '../search-document.ts';
import type { RowModel } from '../table-model.ts';
import { NO_TEMPLATE } from './templates.ts';

/** A kind of row while the definition is being read. */
export interface Draft {
  readonly model: RowModel & {
    readonly documents: DocumentModel[];
    readonly counts: CountModel[];
    readonly pointers: PointerModel[];
    readonly derivedRows: RowsModel[];
    readonly effects: EffectModel[];
  };
  /** Whether its key, and its `when`, could be read. */
  readonly isSound: boolean;
  /** Whether it says that nothing is derived from it. */
  readonly isMarkedUnused: boolean;
  /** Whether something is. */
  isUsed: boolean;
}

/** A row that is derived, and from what. */
export interface Derived {
  readonly model: RowModel;
  readonly from: RowModel;
}

/** A kind of row of which nothing but the name is known. */
export function unreadable(name: string): Draft {
  return { model: rowModel({ name }), isSound: false, isMarkedUnused: false, isUsed: false };
}

/** A kind of row that nothing is derived from yet. */
export function rowModel(known: Partial<RowModel> & { readonly name: string }): Draft['model'] {
  return {
    ...{
      partition: NO_TEMPLATE,
      sort: undefined,
      names: [],
      rules: [],
      strict: false,
      numbers: 'plain' as const,
    },
    ...{ when: undefined, schema: undefined, derivedBy: undefined },
    ...known,
    ...{ documents: [], counts: [], pointers: [], derivedRows: [], effects: [] },
  };
}
