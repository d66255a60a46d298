import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { DEFAULT_ATTEMPTS } from '../../adapters/aws/client-defaults.ts';
import { createDynamoDbClient } from '../../adapters/aws/clients.ts';
import { DynamoDbStreamSource } from '../../adapters/aws/streams/dynamodb-stream-source.ts';
import { createStreamsClient } from '../../adapters/aws/streams/streams-client.ts';
import { type TableStream, tableStreamOf } from '../../adapters/aws/streams/table-stream.ts';
import type { StreamSource } from '../../application/ports/stream-source.ts';
import { NoMetrics } from '../no-metrics.ts';
import type { ReaderClients } from './reader-options.ts';

/** Tables' streams on AWS, by the clients that are given, or own ones that are closed in the end. */
export class AwsStreams {
  readonly #given: ReaderClients;
  #dynamodb: DynamoDBClient | undefined;
  #streams: DynamoDBStreamsClient | undefined;

  constructor(given: ReaderClients = {}) {
    this.#given = given;
  }

  source(arn: string): StreamSource {
    const client = this.#given.streams ?? (this.#streams ??= createStreamsClient(new NoMetrics()));
    return new DynamoDbStreamSource(client, arn);
  }

  /** Which stream a table has now. @param table its name or ARN. */
  streamOf(table: string, signal: AbortSignal): Promise<TableStream> {
    const client = this.#given.dynamodb ?? (this.#dynamodb ??= createDynamoDbClient(DEFAULT_ATTEMPTS));
    return tableStreamOf(client, table, signal, 'table');
  }

  close(): void {
    this.#dynamodb?.destroy();
    this.#streams?.destroy();
  }
}
