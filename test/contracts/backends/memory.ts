import { expect } from 'chai';
import { toDelivery } from '../../../src/adapters/dynamodb-stream/to-delivery.ts';
import { MemoryEffectLog } from '../../../src/adapters/memory/memory-effect-log.ts';
import { MemoryMetrics } from '../../../src/adapters/memory/memory-metrics.ts';
import { MemoryGivenUp } from '../../../src/adapters/memory/memory-given-up.ts';
import { MemoryParkedItems } from '../../../src/adapters/memory/memory-parked-items.ts';
import { MemoryNotes } from '../../../src/adapters/memory/memory-notes.ts';
import { MemoryQuarantine } from '../../../src/adapters/memory/memory-quarantine.ts';
import { MemorySearchActionSource } from '../../../src/adapters/memory/memory-search-action-source.ts';
import { MemorySearchBacklog } from '../../../src/adapters/memory/memory-search-backlog.ts';
import { MemorySearchEngine } from '../../../src/adapters/memory/memory-search-engine.ts';
import { MemorySearchFences } from '../../../src/adapters/memory/memory-search-fences.ts';
import { MemorySearchQueue } from '../../../src/adapters/memory/memory-search-queue.ts';
import { MemoryShardStates } from '../../../src/adapters/memory/memory-shard-states.ts';
import { MemorySourceRows } from '../../../src/adapters/memory/memory-source-rows.ts';
import { MemoryTableGenerations } from '../../../src/adapters/memory/memory-table-generations.ts';
import { MemoryTableScan } from '../../../src/adapters/memory/memory-table-scan.ts';
import { type CountModel, type Tuple, tupleKey } from '../../../src/domain/count.ts';
import { nameOfKey } from '../../../src/domain/derived-rows.ts';
import { DERIVED_FROM } from '../../../src/domain/stored-rows.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { memoryBackend } from '../../adapters/memory/memory-harness.ts';
import { ManualTime } from '../../support/manual-time.ts';
import { collect } from '../../support/collect.ts';
import { defaultRow, imageRow, streamRecord } from '../../support/stream-records.ts';
import type { Backend } from './backend.ts';
import { definedTableInMemory } from './defined-table-in-memory.ts';
import { embeddedSearch } from './embedded-search.ts';
import { listedInMemory } from './listed-in-memory.ts';
import { shardFile } from './shard-file.ts';
import { memoryStream } from './streams.ts';

export const memory: Backend = {
  imageRepository: [
    {
      name: 'memory',
      setUp: () => {
        const { images, table, put, remove } = memoryBackend();
        return {
          images,
          putImage: (entity, imageId, attributes) => put(imageRow(entity, imageId), attributes),
          // Such a row never gets as far as the memory table: its record is no change of any row.
          putNamelessImage: async (entity) => {
            const delivery = toDelivery(streamRecord({ after: imageRow(entity, '') }), fleet.model);
            if (delivery.kind === 'change') await table.apply([delivery.change]);
          },
          removeImage: (entity, imageId) => remove(imageRow(entity, imageId)),
          putForeignDefault: (entity, attributes) => put(defaultRow(entity), attributes),
          removeForeignDefault: (entity) => remove(defaultRow(entity)),
          repointForeignDefault: (entity, imageId) => {
            const attributes = table.pointer(entity)?.member.attributes;
            return put(defaultRow(entity), { ...attributes, image_id: imageId });
          },
          readDefault: async (entity) => table.pointer(entity)?.member.attributes,
          defined: async (definition) => definedTableInMemory(definition),
        };
      },
    },
  ],
  matcherRepository: [
    {
      name: 'memory',
      setUp: () => {
        const { matcher, state } = memoryBackend();
        const amount = async ({ name }: CountModel, tuple: Tuple) => {
          const counts = (await collect(state.counts())).filter(({ model }) => model.name === name);
          return counts.find((row) => tupleKey(row.tuple) === tupleKey(tuple))?.count.canonical;
        };
        return {
          matcher,
          amount,
          defined: async () => ({ matcher, amount }),
          count: async (tuple) => {
            const counts = await collect(state.counts());
            const found = counts.find((row) => tupleKey(row.tuple) === tupleKey(tuple));
            return found && Number(found.count.text);
          },
        };
      },
    },
  ],
  derivedRowRepository: [
    {
      name: 'memory',
      setUp: () => {
        const { derivedRows } = memoryBackend();
        return {
          rows: derivedRows,
          audit: 'audit',
          ledger: 'ledger',
          read: async (key) => {
            const found = [...derivedRows.rows()].find(({ row }) => nameOfKey(row) === nameOfKey(key));
            return found && { ...found.row.attributes, [DERIVED_FROM]: found.source };
          },
          putForeign: () => Promise.reject(new Error('nobody else writes into memory')),
        };
      },
      lacks: {
        foreignRows: 'nobody else writes into memory',
        missingTables: 'there are no tables to be missing',
      },
    },
  ],
  derivedListing: [{ name: 'memory', setUp: listedInMemory }],
  effectLog: [
    {
      name: 'memory',
      setUp: () => {
        const sums = new Map<string, number>();
        const add = (name: string) => sums.set(name, (sums.get(name) ?? 0) + 1);
        return {
          log: new MemoryEffectLog(),
          addingTo: (name) => () => void add(name),
          // Whoever throws must not have written.
          failingFor: () => () => {
            throw new Error('no room');
          },
          sum: async (name) => sums.get(name) ?? 0,
        };
      },
    },
  ],
  searchQueue: [
    {
      name: 'memory',
      setUp: () => {
        const { queue } = memoryBackend();
        return { queue, receive: async () => queue.drain() };
      },
      lacks: {
        deliversOlderActions: 'it remembers versions instead of identities',
      },
    },
  ],
  searchActionSource: [
    {
      name: 'memory',
      setUp: () => {
        const time = new ManualTime();
        const queue = new MemorySearchQueue(time.clock);
        const source = () =>
          new MemorySearchActionSource(queue, {
            clock: time.clock,
            sleeper: time.sleeper,
            visibilityMs: 1_000,
          });
        return {
          source: source(),
          another: source(),
          waitMs: 100,
          send: async (...actions) => {
            for (const action of actions) await queue.send([action]);
          },
          sendText: () => Promise.reject(new Error('it holds actions')),
          pass: (milliseconds) => time.pass(milliseconds),
        };
      },
      lacks: {
        anyText: 'it holds actions, and no texts',
        keepsDeadLetters: 'its process tells what was refused, and forgets it',
      },
    },
  ],
  searchBacklog: [
    {
      name: 'memory',
      setUp: () => {
        const { clock, sleeper } = new ManualTime();
        const queue = new MemorySearchQueue(clock);
        return {
          queue,
          source: new MemorySearchActionSource(queue, { clock, sleeper }),
          backlog: new MemorySearchBacklog(queue),
        };
      },
    },
  ],
  searchFences: [{ name: 'memory', setUp: () => ({ fences: new MemorySearchFences() }) }],
  sourceRows: [
    {
      name: 'memory',
      setUp: () => {
        const { table, put, remove } = memoryBackend();
        return {
          rows: new MemorySourceRows(table),
          put: (keys, attributes) =>
            put(keys, Object.fromEntries([...Object.entries(attributes), ...Object.entries(keys)])),
          remove,
        };
      },
    },
  ],
  searchIndex: [
    {
      name: 'memory',
      setUp: () => ({
        index: new MemorySearchEngine(),
        collection: 'aircraft',
        other: 'images',
        missing: 'missing',
      }),
      lacks: {
        schemas: 'it keeps every value as it is',
        missingCollections: 'collections are there as soon as something is written to them',
        reopening: 'memory is gone with its process',
        collectionsTogether: 'a call costs it nothing',
      },
    },
    embeddedSearch,
  ],
  shardStates: [
    {
      name: 'memory',
      setUp: () => {
        const states = new MemoryShardStates();
        return { states, connect: () => states };
      },
      lacks: { reopening: 'memory is gone with its process' },
    },
    shardFile,
  ],
  streamSource: [memoryStream],
  tableGenerations: [
    {
      name: 'memory',
      setUp: () => {
        const generations = new MemoryTableGenerations();
        return { generations, connect: () => generations };
      },
    },
  ],
  tableReplica: [
    {
      name: 'memory',
      setUp: () => {
        const { table: replica, state, images } = memoryBackend();
        return { replica, state, images };
      },
    },
  ],
  tableScan: [
    {
      name: 'memory',
      setUp: () => {
        const { table, put, remove } = memoryBackend();
        return {
          scan: new MemoryTableScan(table),
          another: new MemoryTableScan(table),
          put: (keys, attributes) =>
            put(keys, Object.fromEntries([...Object.entries(attributes), ...Object.entries(keys)])),
          remove,
        };
      },
    },
  ],
  notes: [
    {
      name: 'memory',
      setUp: () => {
        const notes = new MemoryNotes();
        return { notes, connect: () => notes };
      },
    },
  ],
  parkedItems: [
    {
      name: 'memory',
      setUp: () => {
        const items = new MemoryParkedItems();
        return { items, changes: items.changes };
      },
    },
  ],
  derivedState: [
    {
      name: 'memory',
      setUp: () => {
        const { state, images, matcher, index, put } = memoryBackend();
        return {
          state,
          images,
          matcher,
          index: async (actions) => index.apply(actions),
          putRow: (keys, attributes) => put(keys, { ...attributes, ...keys }),
        };
      },
    },
  ],
  quarantine: [
    {
      name: 'memory',
      setUp: () => {
        const quarantine = new MemoryQuarantine();
        let seen = 0;
        return {
          quarantine,
          kept: async () => {
            const fresh = quarantine.kept.slice(seen);
            seen = quarantine.kept.length;
            return fresh.map(({ record, raw, fault: { message, kind } }) => ({
              source: record,
              raw,
              reason: message,
              kind,
            }));
          },
        };
      },
    },
  ],
  givenUpMessages: [
    {
      name: 'memory',
      setUp: () => {
        const givenUp = new MemoryGivenUp();
        return {
          quarantine: {
            keep: async (records) => {
              for (const { raw } of records) givenUp.add({ is: 'record', record: raw });
              return records.map(() => 'done' as const);
            },
          },
          connect: () => givenUp,
        };
      },
    },
  ],
  metrics: [
    {
      name: 'memory',
      setUp: () => {
        const metrics = new MemoryMetrics();
        return {
          metrics,
          flush: () => {
            const before = metrics.batches.length;
            metrics.flush();
            const fresh = metrics.batches.slice(before);
            expect(fresh).to.have.length.at.most(1);
            return new Map<string, number>(
              fresh.flatMap(({ metrics, requests }) => [
                ...metrics,
                ...[...requests].map(([operation, count]) => [`${operation}Requests`, count] as const),
              ]),
            );
          },
        };
      },
    },
  ],
};
