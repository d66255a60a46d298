import type { Delivery } from '../../application/delivery.ts';
import { Fault } from '../../domain/fault.ts';
import { sourceFault } from './expected-source.ts';
import { isObject, type Json } from '../../domain/json.ts';
import type { TableModel } from '../../domain/table-model.ts';
import { readStreamArn } from './stream-arn.ts';
import { undecodable } from './decoded-or-undecodable.ts';
import { type RecordOptions, streamOf, toDelivery } from './to-delivery.ts';

/**
 * Maps a batch of DynamoDB Streams records, as Lambda delivers it, to what the worker handles: one delivery per record,
 * in order. All records of a stream without a generation fail with its fault, whatever they hold: without one, nobody
 * can say whether a change is newer than another.
 *
 * Never throws for what a record holds.
 *
 * @param model what the table's rows are.
 * @param generationsOf the generation of each table by its ARN, or why it has none. The ARN is empty where records
 *   name no stream. It is not asked for tables other than `table`.
 * @param table name or ARN of the only table whose records are accepted; any table's, unless given.
 */
export async function toDeliveries(
  records: readonly unknown[],
  model: TableModel,
  generationsOf: (tableArns: ReadonlySet<string>) => Promise<ReadonlyMap<string, number | Fault>>,
  table?: string,
): Promise<Delivery[]> {
  const streams = streamsOf(records, model, table);
  const tables = new Set<string>();
  for (const stream of new Set(streams))
    if (stream !== undefined && isOrdered(stream)) tables.add(readStreamArn(stream).tableArn);
  const generations = await generationsOf(tables);

  let last: string | undefined;
  let options: RecordOptions | Fault = {};
  return records.map((record, index) => {
    const stream = streams[index];
    if (stream === undefined) return toDelivery(record, model, { table });
    if (stream !== last) {
      options = optionsFor(stream, generations);
      last = stream;
    }
    return Fault.is(options)
      ? undecodable(record, model.keys, undefined, options)
      : toDelivery(record, model, options);
  });
}

/** The stream of each record. Nearly always all are of one, and then share one string, which is compared at no cost. */
function streamsOf(
  records: readonly unknown[],
  model: TableModel,
  table: string | undefined,
): readonly (string | undefined)[] {
  let last: string | undefined;
  return records.map((record) => {
    // That a stream is the table's is checked once, not per record: saves 0.06 of the 0.32 µs of an irrelevant one.
    const isLast = isObject(record) && streamOf(record) === last;
    const stream = streamIn(record, model, isLast ? undefined : table);
    if (stream !== undefined && stream !== last) last = stream;
    return stream === undefined ? undefined : last;
  });
}

/** The stream's ARN; empty where the record names none; undefined where the record fails whatever its stream. */
function streamIn(record: unknown, model: TableModel, table: string | undefined): string | undefined {
  if (sourceFault(record, table) !== undefined) return undefined;
  const stream = streamOf(record as Json);
  return stream === '' && toDelivery(record, model).kind === 'undecodable' ? undefined : stream;
}

function optionsFor(stream: string, generations: ReadonlyMap<string, number | Fault>): RecordOptions | Fault {
  if (!isOrdered(stream)) return withoutLabel(stream);
  const { tableArn } = readStreamArn(stream);
  const generation =
    generations.get(tableArn) ??
    new Fault('transient', `${tableArn} got no generation`, {
      reason: 'a table got no generation',
    });
  return Fault.is(generation) ? generation : { generation };
}

/** Whether the stream's changes can be ordered among those of its table's other streams: it has a label, or no name. */
function isOrdered(stream: string): boolean {
  return stream === '' || readStreamArn(stream).label !== '';
}

/** For streams whose ARN does not say when they were switched on. */
export function withoutLabel(stream: string): Fault {
  return new Fault(
    'configuration',
    `${JSON.stringify(stream)} is not the ARN of a stream, so its changes cannot be put in order: expected ` +
      'arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL',
    { reason: 'records whose source is not the ARN of a stream' },
  );
}
