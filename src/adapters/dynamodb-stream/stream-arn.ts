import { Fault } from '../../domain/fault.ts';

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

/** Regions and accounts as emulators have them are taken too. */
const ARN = /^arn:[a-z-]+:dynamodb:[\w-]+:\d+:table\/[\w.-]+(?<stream>\/stream\/[\w:.-]+)?$/;

/**
 * The table's ARN, from that of the table or of one of its streams.
 *
 * @throws Fault `configuration` for anything else.
 */
export function tableArnOf(arn: string): string {
  if (ARN.test(arn)) return readStreamArn(arn).tableArn;
  throw new Fault(
    'configuration',
    `${JSON.stringify(arn)} is the ARN of no table and no stream: expected ` +
      'arn:aws:dynamodb:REGION:ACCOUNT:table/NAME, with or without /stream/LABEL',
  );
}

/** Whether the text is the ARN of a stream, label and all. */
export function isStreamArn(arn: string): boolean {
  return ARN.exec(arn)?.groups?.['stream'] !== undefined;
}
