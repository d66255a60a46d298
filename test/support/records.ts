import { marshall } from '@aws-sdk/util-dynamodb';

/** A record's parts in the plain; `null` leaves a part out altogether. */
export interface RecordParts {
  readonly eventName?: unknown;
  readonly pk: string;
  readonly sk: string;
  readonly sequence?: string;
  readonly before?: Record<string, unknown>;
  readonly after?: Record<string, unknown>;
}

export const STREAM_ARN =
  'arn:aws:dynamodb:eu-central-1:111122223333:table/fleet/stream/2026-01-05T09:00:00.000';

let sequences = 0n;

/** A DynamoDB Streams record as Lambda delivers it, with the next sequence number unless one is given. */
export function streamRecord({ eventName, pk, sk, sequence, before, after }: RecordParts) {
  const keys = { PK: { S: pk }, SK: { S: sk } };
  const number = sequence ?? String(100_000_000_000_000_000_000n + sequences++);
  return {
    eventID: `event-${number}`,
    eventName: eventName ?? (before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY'),
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-central-1',
    eventSourceARN: STREAM_ARN,
    dynamodb: {
      ApproximateCreationDateTime: 1_767_603_600,
      Keys: keys,
      ...(after === undefined ? {} : { NewImage: { ...keys, ...marshall(after) } }),
      ...(before === undefined ? {} : { OldImage: { ...keys, ...marshall(before) } }),
      SequenceNumber: number,
      SizeBytes: 120,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  };
}

export type StreamRecord = ReturnType<typeof streamRecord>;

export function registrationRecord(registration: string, parts: Partial<RecordParts> = {}): StreamRecord {
  return streamRecord({
    pk: 'AIRCRAFT#REGISTRY#FAA',
    sk: `DETAIL#${registration}`,
    after: { registration },
    ...parts,
  });
}

export function imageRecord(
  entityId: string,
  imageId: string,
  parts: Partial<RecordParts> = {},
): StreamRecord {
  const identity = { org_id: 'SYSTEM', entity_type: 'REGISTRATION', entity_id: entityId, image_id: imageId };
  return streamRecord({
    pk: `IMAGES#ORG#SYSTEM#ENTITY#REGISTRATION#ID#${entityId}`,
    sk: `IMG#${imageId}`,
    after: { ...identity, url: `https://images.example/${imageId}.jpg` },
    ...parts,
  });
}

export function linkRecord(serial: string, model: string, parts: Partial<RecordParts> = {}): StreamRecord {
  return streamRecord({
    pk: 'FAA#LINKS',
    sk: `MFR_MDL_CODE#2072423#SN#${serial}`,
    after: { manufacturer: 'CESSNA', model, type_designator: 'C172' },
    ...parts,
  });
}
