import { Fault } from '../../domain/fault.ts';

/** `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL` */
const SEPARATOR = '/stream/';

/** What a stream's ARN says about it. */
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

/** Accepts the regions and accounts of emulators too. */
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
    `${JSON.stringify(arn)} is not the ARN of a table or stream: expected ` +
      'arn:aws:dynamodb:REGION:ACCOUNT:table/NAME, with or without /stream/LABEL',
  );
}

/** Whether this is the ARN of a stream, with its label. */
export function isStreamArn(arn: string): boolean {
  return ARN.exec(arn)?.groups?.['stream'] !== undefined;
}
