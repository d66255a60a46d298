/** What a feed holds. The same options give the same feed, byte for byte, wherever it is generated. */
export interface FeedOptions {
  /** Decides everything that the other options leave open. Its lowest 32 bits count. */
  readonly seed: number;
  /** How many records, duplicates included. */
  readonly records: number;
  /** Most records per event. Default 100. */
  readonly batchSize?: number | undefined;
  /** Most aircraft registered at a time; bounds images, links and everything else too. Default 500. */
  readonly fleet?: number | undefined;
  /** Which share of the changes is of rows that nothing is derived from. Default 0.1. */
  readonly irrelevantShare?: number | undefined;
  /** Which share of the changes is delivered twice. Default 0.03. */
  readonly duplicateShare?: number | undefined;
  /** The stream that the records say they come from. */
  readonly streamArn?: string | undefined;
}

export interface FeedSettings {
  readonly seed: number;
  readonly records: number;
  readonly batchSize: number;
  readonly fleet: number;
  readonly irrelevantShare: number;
  readonly duplicateShare: number;
  readonly streamArn: string;
}

const STREAM_ARN = 'arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft/stream/2026-01-05T09:00:00.000';

/**
 * The options with their defaults.
 *
 * @throws RangeError that names the invalid option.
 */
export function settingsOf(options: FeedOptions): FeedSettings {
  return {
    seed: integer('seed', options.seed, -Number.MAX_SAFE_INTEGER),
    records: integer('records', options.records, 0),
    batchSize: integer('batchSize', options.batchSize ?? 100, 1),
    fleet: integer('fleet', options.fleet ?? 500, 1),
    irrelevantShare: share('irrelevantShare', options.irrelevantShare ?? 0.1),
    duplicateShare: share('duplicateShare', options.duplicateShare ?? 0.03),
    streamArn: options.streamArn ?? STREAM_ARN,
  };
}

function integer(name: string, value: number, min: number): number {
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw new RangeError(`${name} must be an integer, ${min} or more: ${value}`);
}

function share(name: string, value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new RangeError(`${name} must be between 0 and 1: ${value}`);
}
