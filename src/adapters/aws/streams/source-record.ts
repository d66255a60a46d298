import type { SourceRecord } from '../../../application/ports/stream-source.ts';
import { compareTexts } from '../../../domain/compare-texts.ts';
import { Fault } from '../../../domain/fault.ts';
import { isObject, type Json } from '../../../domain/json.ts';
import { type LambdaRecord, toLambdaRecord } from './lambda-record.ts';

/**
 * How much memory a page takes at most, for each byte of its text: 1.1 to 3.4 was measured, by what is in it. The service's own
 * sizes say little: short attributes take up to twelve times as much.
 */
const MEMORY_OF_A_BYTE = 3;

/** Bytes of a record that does not say how large it is. */
const LARGE = 4_096;

/**
 * The records of a page of GetRecords' JSON, for the reader. The memory that they take is shared out by the sizes that they say.
 *
 * @param bytes how long the page's text is.
 * @throws Fault `configuration` for what has no sequence number: nobody could say how far the stream is read.
 */
export function sourceRecordsOf(
  recorded: readonly unknown[],
  bytes: number,
  streamArn: string,
): readonly SourceRecord[] {
  const records = recorded.map((record) => sourceRecordOf(record, streamArn));
  const size = records.reduce((sum, record) => sum + record.bytes, 0);
  const memory = bytes * MEMORY_OF_A_BYTE;
  return records.map((record) => ({ ...record, bytes: (memory * record.bytes) / size }));
}

function sourceRecordOf(recorded: unknown, streamArn: string): SourceRecord {
  const record = recordOf(recorded, streamArn);
  const {
    SequenceNumber: sequence,
    Keys,
    ApproximateCreationDateTime: created,
    SizeBytes: size,
  } = record.dynamodb;
  if (typeof sequence !== 'string' || !/^\d+$/.test(sequence)) throw notARecord(streamArn);
  return {
    sequence,
    item: isObject(Keys) ? itemOf(Keys) : '',
    at: typeof created === 'number' ? created * 1_000 : undefined,
    bytes: typeof size === 'number' && size > 0 ? size : LARGE,
    record,
  };
}

function recordOf(recorded: unknown, streamArn: string): LambdaRecord {
  try {
    return toLambdaRecord(recorded, streamArn);
  } catch (error) {
    throw notARecord(streamArn, error);
  }
}

/** The service gives the attributes of a key in any order, and one form for each value. */
function itemOf(keys: Json): string {
  const names = Object.keys(keys);
  return JSON.stringify(names.toSorted(compareTexts).map((name) => [name, keys[name]]));
}

function notARecord(streamArn: string, cause?: unknown): Fault {
  return new Fault(
    'configuration',
    `stream ${streamArn}: the response has a record without a sequence number, so it is not from the service; correct or unset AWS_ENDPOINT_URL, and check the proxies and routes in between`,
    { cause },
  );
}
