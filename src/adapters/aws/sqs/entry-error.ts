import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';

/**
 * What the client would have thrown, had the entry been the whole request. `SenderFault` stands for the HTTP status that
 * other services answer with.
 */
export function errorOf({
  SenderFault,
  Code = 'no error code',
  Message = 'no further details',
}: BatchResultErrorEntry): Error {
  const $metadata = { httpStatusCode: SenderFault === true ? 400 : 500 };
  return Object.assign(new Error(Message), { name: Code, $metadata });
}
