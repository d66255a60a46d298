/** `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL` */
const SEPARATOR = '/stream/';

/** What a stream's ARN says of it. */
export interface StreamName {
  readonly tableArn: string;
  /** When the stream was switched on, an ISO 8601 time; empty where the ARN does not say. */
  readonly label: string;
}

export function readStreamArn(streamArn: string): StreamName {
  const at = streamArn.lastIndexOf(SEPARATOR);
  if (at < 0) return { tableArn: streamArn, label: '' };
  return { tableArn: streamArn.slice(0, at), label: streamArn.slice(at + SEPARATOR.length) };
}
