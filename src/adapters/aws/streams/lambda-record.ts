import { isObject, type Json } from '../../../domain/json.ts';

/** A record as Lambda delivers it, as far as it is looked at. */
export type LambdaRecord = Json & { readonly dynamodb: Json; readonly eventSourceARN: string };

/**
 * Turns a record of GetRecords' JSON into one as Lambda delivers it: with the stream's ARN, times in whole seconds,
 * and the fields of `userIdentity` in lower camel case. Both have bytes as base64.
 *
 * @throws Error when it is not a record.
 */
export function toLambdaRecord(recorded: unknown, streamArn: string): LambdaRecord {
  const { dynamodb, userIdentity, ...record } = isObject(recorded) ? recorded : {};
  if (!isObject(dynamodb)) throw new Error('not a stream record: it has no dynamodb');
  const created = dynamodb['ApproximateCreationDateTime'];
  return {
    ...record,
    dynamodb: {
      ...dynamodb,
      ...(typeof created === 'number' && { ApproximateCreationDateTime: Math.floor(created) }),
    },
    ...(isObject(userIdentity) && {
      userIdentity: { principalId: userIdentity['PrincipalId'], type: userIdentity['Type'] },
    }),
    eventSourceARN: streamArn,
  };
}
