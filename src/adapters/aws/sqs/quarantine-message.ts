import type { PoisonRecord } from '../../../application/ports/quarantine.ts';
import { Fault } from '../../../domain/fault.ts';
import { sendable } from '../../../domain/json.ts';
import { PACKED, packed, recordIn } from '../../json/packed-record.ts';
import { recordJson } from '../../json/record-json.ts';
import type { Message } from './message-sender.ts';
import { hash } from './message-text.ts';

/** A poison record as it is queued. Of the source, what is known. */
export interface Quarantined {
  /** Why the record cannot be handled. */
  readonly reason: string;
  /** The kind of its Fault. */
  readonly fault: string;
  readonly source: {
    readonly eventSourceARN?: string;
    readonly sequenceNumber?: string;
    readonly eventID?: string;
    readonly eventName?: string;
    readonly pk?: string;
    readonly sk?: string;
    /** Where the record was read from (`feed.ndjson:12`), for recorded ones. */
    readonly place?: string;
  };
  /** The record as it came; bytes as base64 and times in ISO 8601, where it held such. */
  readonly record: unknown;
}

/**
 * A poison record as it is queued. The body is one line of JSON:
 *
 *     { "reason": "", "fault": "permanent",
 *       "source": { "eventSourceARN": "", "sequenceNumber": "", "eventID": "", "eventName": "",
 *                   "pk": "", "sk": "", "place": "" },
 *       "record": … }
 *
 * with those parts of the `source` that are known. A record whose message would be larger than `maxBytes` is packed:
 * instead of `record`, the message has `"encoding": "gzip+base64"` and its JSON as `"payload"`. The group is the
 * same for all records of one item; the deduplication id for one record of one stream, with the same content.
 *
 * @throws Fault `permanent` when the record cannot be written as JSON: it is nested too deeply, contains itself, or
 *   holds what JSON does not know.
 */
export function quarantineMessage({ record, raw, fault }: PoisonRecord, maxBytes: number): Message {
  const name = record.sequenceNumber === undefined ? 'a poison record' : `record ${record.sequenceNumber}`;
  const json = recordJson(raw, name, 'quarantined');
  const { sequenceNumber, eventID, eventName, pk, sk, place } = record;
  const eventSourceARN = streamOf(raw);
  const source = { eventSourceARN, sequenceNumber, eventID, eventName, pk, sk, place };
  const head = JSON.stringify({ reason: fault.message, fault: fault.kind, source }).slice(0, -1);
  let body = sendable(`${head},"record":${json}}`);
  if (Buffer.byteLength(body) > maxBytes) {
    body = sendable(`${head},"encoding":"${PACKED}","payload":"${packed(json)}"}`);
  }
  return {
    body,
    bytes: Buffer.byteLength(body),
    groupId: hash(pk ?? '', sk ?? ''),
    deduplicationId: hash(eventSourceARN ?? '', sequenceNumber ?? '', json),
    name,
  };
}

/**
 * What a message of the quarantine holds, its record unpacked.
 *
 * @throws Fault `permanent` when the text is no such message.
 */
export function parseQuarantined(body: string): Quarantined {
  try {
    const { reason, fault, source, ...rest } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    if (typeof reason !== 'string' || typeof fault !== 'string' || typeof source !== 'object' || !source)
      throw new Error('reason, fault or source is missing');
    return { reason, fault, source, record: recordIn(rest) };
  } catch (error) {
    throw new Fault('permanent', `not a quarantine message: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function streamOf(raw: unknown): string | undefined {
  const arn = (raw as { eventSourceARN?: unknown } | null)?.eventSourceARN;
  return typeof arn === 'string' ? arn : undefined;
}
