import { type Drift, verify } from '../application/verify/verify.ts';
import { tupleNames } from '../domain/count.ts';
import type { FaultKind } from '../domain/fault.ts';
import { toJson } from '../domain/json.ts';
import type { Operation } from '../domain/change.ts';
import type { TableModel } from '../domain/table-model.ts';
import type { Value } from '../domain/value.ts';
import type { EffectCall } from './effect-calls.ts';
import type { Image } from './given-row.ts';
import type { StreamRecord } from '../adapters/dynamodb-stream/stream-record.ts';
import type { World } from './world.ts';
import { keyText } from '../adapters/dynamodb-stream/key-text.ts';

/** Derived rows, each known by some of its attributes. */
export interface FoundList {
  /** Undefined where nobody can say. */
  readonly knownBy: readonly string[] | undefined;
  readonly rows: readonly Image[];
}

/** A change for which nothing was derived, or not all. */
export interface FailedChange {
  /** The kind of row; undefined where the key is of none. */
  readonly kind: string | undefined;
  /** The parts of its key. */
  readonly key: Readonly<Record<string, string>>;
  readonly operation: Operation;
  /** What the worker says of it. */
  readonly message: string;
  /** `permanent`: poison. `configuration`: a setting is wrong. `transient` and `conflict` may pass. */
  readonly fault: FaultKind;
  /** Only because an earlier change of its row failed. */
  readonly heldBack: boolean;
}

/** All that there is to see in a world, as the table's values. */
export interface Found {
  readonly documents: ReadonlyMap<string, ReadonlyMap<string, Image>>;
  readonly counts: ReadonlyMap<string, FoundList>;
  readonly pointers: ReadonlyMap<string, FoundList>;
  /** By table. */
  readonly rows: ReadonlyMap<string, FoundList>;
  readonly effects: ReadonlyMap<string, readonly EffectCall[]>;
  readonly sent: readonly string[];
  readonly failures: readonly FailedChange[];
  readonly quarantined: readonly FailedChange[];
  readonly drift: readonly Drift[];
}

/** Reads a world that is at rest. */
export async function findAll(world: World, table: string): Promise<Found> {
  const { definition } = world.effects;
  const { model } = definition;
  const { state } = world.worker;
  const documents = new Map<string, Map<string, Image>>(
    model.documents.map(({ collection }) => [collection, new Map()]),
  );
  for await (const { key, fields } of state.documents()) documents.get(key.collection)?.set(key.id, fields);
  const counts = new Map(model.counts.map((one) => [one.name, listKnownBy(tupleNames(one))]));
  for await (const {
    model: { name, as },
    tuple,
    count,
  } of state.counts())
    counts.get(name)?.rows.push({ ...tuple, [as]: count });
  const pointers = new Map(model.pointers.map((one) => [one.name, listKnownBy(one.partition.names)]));
  for await (const { entity, member } of state.pointers()) {
    const { names } = entity.model.partition;
    const parts = names.map((name, index) => [name, entity.parts[index] ?? ''] as const);
    pointers.get(entity.model.name)?.rows.push({ ...Object.fromEntries(parts), ...member.attributes });
  }
  const rows = new Map<string, ReturnType<typeof listKnownBy>>();
  for await (const { row } of state.derivedRows()) {
    const name = row.table ?? table;
    const list = rows.get(name) ?? listKnownBy(Object.keys(row.key));
    rows.set(name, list);
    list.rows.push({ ...row.key, ...row.attributes });
  }
  const poison = new Map(
    world.quarantine.kept.map(({ raw, fault }) => {
      const record = raw as StreamRecord;
      const { kind, message } = fault;
      return [
        record.dynamodb.SequenceNumber,
        { ...changeOf(record, model), message, fault: kind, heldBack: false },
      ] as const;
    }),
  );
  return {
    documents,
    counts,
    pointers,
    rows,
    effects: world.effects.calls(),
    sent: world.sent.map(
      ({ key, document }) => `${document === undefined ? 'delete' : 'upsert'} ${key.collection}/${key.id}`,
    ),
    failures: world.failures.map(({ record, fault: { kind: fault, message }, heldBack }) => ({
      ...changeOf(record, model),
      ...{ message, fault, heldBack },
    })),
    quarantined: [...poison.values()],
    drift: (await verify(state, definition)).drift,
  };
}

function listKnownBy(knownBy: readonly string[]) {
  return { knownBy, rows: [] as Image[] };
}

/** What a record is of, by its key. */
function changeOf(record: StreamRecord, model: TableModel) {
  const { partition, partitionType, sort, sortType } = model.keys;
  const { Keys } = record.dynamodb;
  const key = {
    partition: keyText(Keys[partition], partitionType) ?? '',
    sort: sort === undefined ? undefined : keyText(Keys[sort], sortType),
  };
  const row = model.rowOf(key.partition, key.sort);
  const isKnown = row !== undefined && !('malformed' in row);
  const parts = isKnown
    ? row.model.names.map((name, index) => [name, row.parts[index] ?? ''] as const)
    : [[partition, key.partition] as const, ...(sort === undefined ? [] : [[sort, key.sort ?? ''] as const])];
  return {
    kind: isKnown ? row.model.name : undefined,
    key: Object.fromEntries(parts),
    operation: record.eventName,
  };
}

/** A value in a message, on one line. */
export function shownValue(value: Value | undefined): string {
  if (value === undefined) return 'missing';
  const text = toJson(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
