import {
  streamRecord,
  type StreamRecord,
  type TableRow,
  withDynamodb,
} from '../../support/stream-records.ts';
import type { Attributes } from '../../../src/domain/value.ts';
import { DecodedAttributes } from '../../../src/domain/value.ts';
import type { Change } from '../../../src/domain/change.ts';
import { toDelivery } from '../../../src/adapters/dynamodb-stream/stream-record.ts';
import type { Port } from '../faults/call-faults.ts';

/** One write to the table. */
export interface Write {
  readonly action: 'put' | 'remove';
  readonly row: TableRow;
  /** Spoils the record on its way, so that it can never be handled; the table has the row as it is. */
  readonly spoil?: (record: StreamRecord) => StreamRecord;
  /** Whether the table's stream was switched off and on again just before. */
  readonly recreated?: true;
}

/** Writes to the table, and their records in batches as an event source delivers them. */
export interface Scenario {
  readonly name: string;
  readonly writes: readonly Write[];
  /** Positions in `writes`. Those of later batches may have been in earlier ones. */
  readonly batches: readonly (readonly number[])[];
  /** Whether a quarantine is configured. */
  readonly quarantine: boolean;
  /** What the worker calls for it, beside the replica, which it calls for all where it has one. */
  readonly ports: readonly Port[];
}

/** One record of the stream. */
export interface Entry {
  readonly name: string;
  readonly item: string;
  readonly sequence: string;
  /** As it is delivered. */
  readonly text: string;
  /** What happened to the table; undefined for rows that no backend keeps. */
  readonly change: Change | undefined;
  readonly poison: boolean;
}

/** A scenario's records. */
export interface Script extends Pick<Scenario, 'name' | 'quarantine'> {
  readonly batches: readonly (readonly Entry[])[];
  /** The table in the end, by item, without rows that no backend keeps. */
  readonly rows: ReadonlyMap<string, Attributes>;
}

const STREAMS = ['2026-01-05T09:00:00.000', '2026-02-05T09:00:00.000'].map(
  (label) => `arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft/stream/${label}`,
);
/** More than 2^64, and soon one digit longer: neither numbers nor texts would do to compare them. */
const FIRST_SEQUENCES = [99_999_999_999_999_999_997n, 8n];

export function put(row: TableRow): Write {
  return { action: 'put', row };
}

export function remove(row: TableRow): Write {
  return { action: 'remove', row };
}

/** A write of a row that arrives without the image that the stream says it carries. */
export function poison(row: TableRow): Write {
  return { action: 'put', row, spoil: (record) => withDynamodb(record, { NewImage: undefined }) };
}

/** A write of a row that arrives with an attribute that is no attribute. */
export function undecodable(row: TableRow): Write {
  const spoil = (record: StreamRecord) =>
    withDynamodb(record, {
      NewImage: { ...(record.dynamodb['NewImage'] as object), model: { N: 'no number' } },
    });
  return { action: 'put', row, spoil };
}

/** The first write after the table's stream was switched off and on again. */
export function recreated(write: Write): Write {
  return { ...write, recreated: true };
}

export function scriptOf({ name, writes, batches, quarantine }: Scenario): Script {
  const rows = new Map<string, TableRow>();
  const kept = new Map<string, Attributes>();
  let stream = 0;
  const sequences = [...FIRST_SEQUENCES];
  const entries = writes.map(({ action, row, spoil, recreated: again }, index): Entry => {
    if (again) stream++;
    const item = `${row.PK} | ${row.SK}`;
    const before = rows.get(item);
    if (action === 'put') rows.set(item, row);
    else rows.delete(item);
    const sequence = sequences[stream]!;
    sequences[stream] = sequence + 1n;
    const after = action === 'put' ? row : undefined;
    const clean = streamRecord({ before, after, sequence, streamArn: STREAMS[stream]! });
    const change = keptChange(clean);
    kept.delete(item);
    if (change !== undefined && typeof change.after !== 'string')
      kept.set(item, new DecodedAttributes(change.after.all()));
    return {
      name: `write ${index} (${action} ${item})`,
      item,
      sequence: String(sequence),
      text: JSON.stringify(spoil?.(clean) ?? clean),
      change,
      poison: spoil !== undefined,
    };
  });
  return {
    name,
    quarantine,
    batches: batches.map((batch) => batch.map((index) => entries[index]!)),
    rows: kept,
  };
}

function keptChange(record: StreamRecord): Change | undefined {
  const delivery = toDelivery(record);
  if (delivery.kind !== 'change' || delivery.change.row.kind === 'matcher-tuple') return undefined;
  return delivery.change;
}
