import type { Origin } from '../../domain/change.ts';
import { isObject, type Json } from '../../domain/json.ts';
import { stringOf } from './json-fields.ts';

/** Deletions by time-to-live: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html */
export function originOf(record: Json): Origin {
  if (isTimeToLive(record['userIdentity'])) return 'ttl';
  const { dynamodb } = record;
  if (!isObject(dynamodb)) return 'user';
  // Global tables of version 2017.11.29 store in the row the region that wrote it; later versions leave no trace.
  const image = isObject(dynamodb['NewImage']) ? dynamodb['NewImage'] : dynamodb['OldImage'];
  const writer = isObject(image) ? stringOf(image['aws:rep:updateregion']) : undefined;
  return writer !== undefined && writer !== record['awsRegion'] ? 'replication' : 'user';
}

/** Lambda spells these fields in lower case, GetRecords capitalised. */
function isTimeToLive(identity: unknown): boolean {
  if (!isObject(identity)) return false;
  const type = identity['type'] ?? identity['Type'];
  const principalId = identity['principalId'] ?? identity['PrincipalId'];
  return type === 'Service' && principalId === 'dynamodb.amazonaws.com';
}
