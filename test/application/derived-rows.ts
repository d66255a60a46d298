import { MemoryDerivedRowRepository } from '../../src/adapters/memory/memory-derived-row-repository.ts';
import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import type { Change } from '../../src/domain/change.ts';
import { commandsOf, type DeriveRowsCommand } from '../../src/domain/command.ts';
import { defineTable, type TableDefinition } from '../../src/domain/definition/define-table.ts';
import { row } from '../../src/domain/definition/row.ts';
import { rows, type RowsSpec } from '../../src/domain/definition/rows.ts';
import { nameOfKey } from '../../src/domain/derived-rows.ts';
import { Decimal } from '../../src/domain/decimal.ts';
import { type Plain, type RecordParts, streamRecord, type TableRow } from '../support/stream-records.ts';

export interface Basket {
  /** Names, of which each gives a row. */
  readonly items?: readonly string[];
  readonly note?: string;
}

const KEY = { PK: 'SHOP#<shop>', SK: 'BASKET#<basket>' } as const;
export const basket = row(KEY).with<Basket>();

export type Spec = RowsSpec<typeof KEY, Basket>;

/** One row for each item of a basket, with the basket's note. */
export const LINES: Spec = {
  of: ({ key, attributes: { items = [], note } }) =>
    items.map((item) => ({
      key: { PK: `BASKET#${key.shop}#${key.basket}`, SK: `ITEM#${item}` },
      attributes: { note },
    })),
};

/** A table of baskets from which rows are derived. */
export function basketsOf(derivations: Readonly<Record<string, Spec>>): TableDefinition {
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { basket },
    derive: Object.fromEntries(Object.entries(derivations).map(([name, spec]) => [name, rows(basket, spec)])),
  });
}

export function basketRow(id: string, items?: readonly Plain[], note: Plain = 'n'): TableRow {
  return { PK: 'SHOP#s', SK: `BASKET#${id}`, ...(items === undefined ? {} : { items }), note };
}

export function changeIn({ model }: TableDefinition, record: unknown): Change {
  const delivery = toDelivery(record, model);
  if (delivery.kind === 'change') return delivery.change;
  throw new Error(`the record is ${delivery.kind}`);
}

/** What a change asks of the first derivation. */
export function commandIn(definition: TableDefinition, parts: RecordParts): DeriveRowsCommand {
  const commands = commandsOf(changeIn(definition, streamRecord(parts)));
  const found = commands.find((one) => one.does === 'rows');
  if (found === undefined) throw new Error('the change derives no rows');
  return found;
}

/** The rows that are there, as `sort key: note`, or all of the key where it is in another table. */
export function rowsOf(repository: MemoryDerivedRowRepository): string[] {
  return [...repository.rows()]
    .map(({ row: { table, key, attributes } }) => {
      const { note } = attributes;
      const text = note instanceof Decimal ? note.text : (note as string | undefined);
      const where =
        table === undefined ? `${String(key['PK'])} ${String(key['SK'])}` : nameOfKey({ table, key });
      return `${where}: ${text ?? 'none'}`;
    })
    .toSorted();
}
