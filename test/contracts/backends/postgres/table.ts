import { PostgresDerivedState } from '../../../../src/adapters/postgres/derived/postgres-derived-state.ts';
import { PostgresDerivedListing } from '../../../../src/adapters/postgres/listing/postgres-derived-listing.ts';
import { PostgresMatcherRepository } from '../../../../src/adapters/postgres/matcher/postgres-matcher-repository.ts';
import { PostgresImageRepository } from '../../../../src/adapters/postgres/pointers/postgres-image-repository.ts';
import { PostgresKeptChanges } from '../../../../src/adapters/postgres/parking/postgres-kept-changes.ts';
import { PostgresParkedItems } from '../../../../src/adapters/postgres/parking/postgres-parked-items.ts';
import { PostgresNotes } from '../../../../src/adapters/postgres/notes/postgres-notes.ts';
import { PostgresTableReplica } from '../../../../src/adapters/postgres/replica/postgres-table-replica.ts';
import { PostgresTableScan } from '../../../../src/adapters/postgres/replica/postgres-table-scan.ts';
import { PostgresDerivedRowRepository } from '../../../../src/adapters/postgres/rows/postgres-derived-row-repository.ts';
import { PostgresSearchIndex } from '../../../../src/adapters/postgres/search/postgres-search-index.ts';
import type { TableDefinition } from '../../../../src/domain/definition/define-table.ts';
import type { Entity } from '../../../../src/domain/pointer.ts';
import { keyTextOf } from '../../../../src/domain/key-value.ts';
import { toDelivery } from '../../../../src/adapters/dynamodb-stream/to-delivery.ts';
import { DecodedAttributes } from '../../../../src/domain/value.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { fleet } from '../../../../src/fleet/definition.ts';
import { attributes as attributesOf, change, type ChangeParts } from '../../../support/factories.ts';
import {
  changeOf,
  defaultRow,
  imageRow,
  type StreamRecord,
  streamRecord,
  type TableRow,
} from '../../../support/stream-records.ts';
import type { PostgresKind, TestDatabase } from '../../../integration/postgres.ts';
import type { Attributes, DefinedTable } from '../../image-repository/harness.ts';
import { SHOP } from '../../derived-listing/harness.ts';
import type { Backend } from '../backend.ts';

/** Of all tests: what is written later is newer. */
let sequence = 0;

/** The ports of the table's rows, of what is derived beside them, and of documents. */
export function tableOn({
  name,
  missing,
  shared,
  emptied,
}: PostgresKind): Pick<
  Backend,
  | 'imageRepository'
  | 'derivedListing'
  | 'tableReplica'
  | 'tableScan'
  | 'notes'
  | 'parkedItems'
  | 'derivedState'
  | 'searchIndex'
> {
  return {
    imageRepository: [
      {
        name,
        missing,
        setUp: async () => {
          const others: { readonly close: () => unknown }[] = [];
          const { images, replica, put, remove, pointer } = fleetOn(await shared());
          return {
            images,
            putImage: (entity, imageId, attributes) => put(imageRow(entity, imageId), attributes),
            putNamelessImage: async (entity) => {
              const delivery = toDelivery(streamRecord({ after: imageRow(entity, '') }), fleet.model);
              if (delivery.kind === 'change') await replica.apply([delivery.change]);
            },
            removeImage: (entity, imageId) => remove(imageRow(entity, imageId)),
            putForeignDefault: (entity, attributes) => put(defaultRow(entity), attributes),
            removeForeignDefault: (entity) => remove(defaultRow(entity)),
            repointForeignDefault: async (entity, imageId) =>
              put(defaultRow(entity), { ...(await pointer(entity)), image_id: imageId }),
            readDefault: pointer,
            defined: async (definition) => {
              const other = await emptied();
              others.push(other);
              return definedTable(other, definition);
            },
            close: () => others.forEach((other) => other.close()),
          };
        },
      },
    ],
    derivedListing: [
      {
        name,
        missing,
        setUp: async () => {
          const { close, ...database } = await emptied();
          const shop = definedTable(database, SHOP);
          return {
            ...{ images: shop.images, close, audit: 'audit' },
            putOrder: (attributes) => shop.put(attributes),
            scanned: async () => [],
            listing: new PostgresDerivedListing(database.database, database.names, SHOP.model),
            matcher: new PostgresMatcherRepository(database.database, database.names),
            rows: new PostgresDerivedRowRepository(database.database, database.names),
          };
        },
      },
    ],
    tableReplica: [
      {
        name,
        missing,
        setUp: async () => {
          const { database, names } = await shared();
          // Each test looks through all rows.
          await database.query(`delete from ${names.source_rows}`);
          return fleetOn({ database, names });
        },
      },
    ],
    tableScan: [
      {
        name,
        missing,
        setUp: async () => {
          const { database, names } = await shared();
          await database.query(`delete from ${names.source_rows}`);
          const { put, remove } = fleetOn({ database, names });
          return {
            scan: new PostgresTableScan(database, names),
            another: new PostgresTableScan(database, names),
            put: (keys, attributes) =>
              put(keys, Object.fromEntries([...Object.entries(attributes), ...Object.entries(keys)])),
            remove,
          };
        },
      },
    ],
    notes: [
      {
        name,
        missing,
        setUp: async () => {
          const { database, names } = await shared();
          const connect = () => new PostgresNotes(database, names);
          return { notes: connect(), connect };
        },
      },
    ],
    parkedItems: [
      {
        name,
        missing,
        setUp: async () => {
          const { database, names } = await shared();
          await database.query(`delete from ${names.parked_items}`);
          return {
            items: new PostgresParkedItems(database, names),
            changes: new PostgresKeptChanges(database, names),
          };
        },
      },
    ],
    derivedState: [
      {
        name,
        missing,
        setUp: async () => {
          const { close, ...database } = await emptied();
          const { state, images, put } = fleetOn(database);
          const index = new PostgresSearchIndex(database.database, database.names);
          return {
            state,
            images,
            matcher: new PostgresMatcherRepository(database.database, database.names),
            index: async (actions) => {
              for (const { key, version, document } of actions)
                await index.apply(key.collection, [{ id: key.id, version, document }]);
            },
            putRow: (keys, attributes) => put(keys, { ...attributes, ...keys }),
            close,
          };
        },
      },
    ],
    searchIndex: [
      {
        name,
        missing,
        setUp: async () => {
          const { database, names } = await shared();
          const n = ++sequence;
          return {
            index: new PostgresSearchIndex(database, names),
            collection: `aircraft ${n}`,
            other: `images ${n}`,
            missing: `missing ${n}`,
            reopened: () => Promise.resolve(new PostgresSearchIndex(database, names)),
          };
        },
        lacks: {
          schemas: 'it keeps every value as it is',
          missingCollections: 'collections are there as soon as something is written to them',
        },
      },
    ],
  };
}

/** The fleet's table, as a program beside the worker writes it. */
export function fleetOn({ database, names }: TestDatabase) {
  const replica = new PostgresTableReplica(database, names, fleet.model);
  const images = new PostgresImageRepository(database, names);
  const write = async (record: StreamRecord, attributes: Attributes) => {
    const change = changeOf(record);
    const after = new DecodedAttributes(new Map(Object.entries(attributes)));
    await replica.apply([change.after === 'absent' ? change : { ...change, after }]);
  };
  return {
    replica,
    images,
    state: new PostgresDerivedState(database, names, fleet.model),
    put: (row: TableRow, attributes: Attributes) =>
      write(streamRecord({ after: row, sequence: ++sequence }), attributes),
    remove: (row: TableRow) => write(streamRecord({ before: row, sequence: ++sequence }), {}),
    pointer: (entity: Entity) => pointerIn(images, entity),
  };
}

async function pointerIn(images: PostgresImageRepository, entity: Entity): Promise<Attributes | undefined> {
  const [view] = await images.load([entity]);
  if (view === undefined || Fault.is(view)) throw view ?? new Error('no result');
  return view.current?.attributes;
}

function definedTable({ database, names }: TestDatabase, { model }: TableDefinition): DefinedTable {
  const replica = new PostgresTableReplica(database, names, model);
  const images = new PostgresImageRepository(database, names);
  const apply = async (attributes: Attributes, parts: Omit<ChangeParts, 'row'>) => {
    const { partition, partitionType, sort, sortType } = model.keys;
    const row = model.rowOf(
      keyTextOf(attributes[partition], partitionType)!,
      sort === undefined ? undefined : keyTextOf(attributes[sort], sortType),
    );
    if (row !== undefined && !('malformed' in row))
      await replica.apply([change({ ...parts, row, sequence: ++sequence })]);
  };
  return {
    images,
    put: (row) => apply(row, { after: attributesOf(row) }),
    remove: (row) => apply(row, { operation: 'REMOVE' }),
    readPointer: (entity) => pointerIn(images, entity),
  };
}
