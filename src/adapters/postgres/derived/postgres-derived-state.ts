import {
  type CountFound,
  DerivedState,
  type DerivedRowFound,
  type PointerFound,
} from '../../../application/ports/derived-state.ts';
import { Decimal } from '../../../domain/decimal.ts';
import type { DerivedRow } from '../../../domain/derived-rows.ts';
import type { Entity } from '../../../domain/pointer.ts';
import { pointedBy } from '../../../domain/pointer.ts';
import type { DocumentFields, DocumentKey } from '../../../domain/search-document.ts';
import type { TableModel } from '../../../domain/table-model.ts';
import type { Attributes } from '../../../domain/value.ts';
import type { Database } from '../client/database.ts';
import { tupleIn } from '../matcher/count-content.ts';
import { pagesOf } from '../pages.ts';
import { attributesIn } from '../pointers/load-entities.ts';
import { keyIn } from '../rows/rows-content.ts';
import type { Names } from '../schema/names.ts';
import { readJsonb, readJsonbRecord } from '../values/jsonb.ts';
import { readText } from '../values/text.ts';

/** Reads what is derived, by the definition that is given: what another one has left is passed over. */
export class PostgresDerivedState extends DerivedState {
  readonly #database: Database;
  readonly #names: Names;
  readonly #model: TableModel;

  constructor(database: Database, names: Names, model: TableModel) {
    super();
    this.#database = database;
    this.#names = names;
    this.#model = model;
  }

  override async *documents(): AsyncGenerator<{
    readonly key: DocumentKey;
    readonly fields: DocumentFields;
  }> {
    const rows = pagesOf<{ readonly collection: string; readonly name: string; readonly fields: string }>(
      this.#database,
      {
        columns: 't.collection, t.document_id as name, t.fields::text',
        from: `${this.#names.documents} t`,
        where: 'not t.removed',
      },
    );
    for await (const { collection, name, fields } of rows)
      yield {
        key: { collection: readText(collection), id: readText(name) },
        fields: readJsonbRecord(fields),
      };
  }

  override async *pointers(): AsyncGenerator<PointerFound> {
    const models = new Map(this.#model.pointers.map((model) => [model.name, model]));
    const rows = pagesOf<{
      readonly derivation: string;
      readonly parts: string;
      readonly attributes: string;
      readonly unknown: boolean;
    }>(this.#database, {
      columns:
        't.derivation, t.parts::text, t.attributes::text, t.target is not null and r.sequence is null as unknown',
      from: `${this.#names.pointers} t left join ${this.#names.source_rows} r on r.id = t.target`,
    });
    for await (const { derivation, parts, attributes, unknown } of rows) {
      const model = models.get(derivation);
      if (model === undefined) continue;
      const entity: Entity = { model, parts: readJsonb(parts) as readonly string[] };
      const member = pointedBy(model, attributesIn(attributes));
      yield { entity, member, isTargetUnknown: unknown };
    }
  }

  override async *counts(): AsyncGenerator<CountFound> {
    const models = new Map(this.#model.counts.map((model) => [model.name, model]));
    const rows = pagesOf<{ readonly derivation: string; readonly tuple: string; readonly count: string }>(
      this.#database,
      {
        columns: 't.derivation, t.tuple::text, t.count::text',
        from: `${this.#names.counts} t`,
        where: 't.rows > 0',
      },
    );
    for await (const { derivation, tuple, count } of rows) {
      const model = models.get(derivation);
      const sum = Decimal.parse(count);
      if (model !== undefined && sum !== undefined) yield { model, tuple: tupleIn(model, tuple), count: sum };
    }
  }

  override async *derivedRows(): AsyncGenerator<DerivedRowFound> {
    const models = new Map(this.#model.derivedRows.map((model) => [model.name, model]));
    const rows = pagesOf<{
      readonly table_name: string | null;
      readonly key: string;
      readonly attributes: string;
      readonly derivation: string;
      readonly source: string;
    }>(this.#database, {
      columns: 't.table_name, t.key::text, t.attributes::text, t.derivation, t.derived_from as source',
      from: `${this.#names.derived_rows} t`,
      where: 't.derivation is not null and t.derived_from is not null',
    });
    for await (const { table_name: table, key, attributes, derivation, source } of rows) {
      const model = models.get(derivation);
      if (model === undefined) continue;
      const row: DerivedRow = {
        table: table === null ? undefined : readText(table),
        key: keyIn(readJsonbRecord(key)),
        attributes: readJsonbRecord(attributes),
      };
      yield { model, row, source: readText(source) };
    }
  }

  override async *rows(): AsyncGenerator<Attributes> {
    const rows = pagesOf<{ readonly attributes: string }>(this.#database, {
      columns: 't.attributes::text',
      from: `${this.#names.source_rows} t`,
      where: 'not t.removed',
    });
    for await (const { attributes } of rows) yield attributesIn(attributes);
  }
}
