import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Database, Queryable } from '../../../src/adapters/postgres/client/database.ts';
import { documentOf, type Row, streamModelOf, tupleOf } from '../record-handler.ts';
import { PeerTables } from './peer-tables.ts';

/**
 * A worker as it is usually written where everything is in one database: a transaction for each record, in their order, which
 * keeps the row, and with it changes its count, its pointer and its document. A record that is no newer than its row is passed over,
 * so all of it takes effect once. Documents are written at once: there is no queue, and no search engine elsewhere.
 */
export class TransactionPerRecord {
  readonly #database: Database;
  readonly #tables: PeerTables;

  private constructor(database: Database, tables: PeerTables) {
    this.#database = database;
    this.#tables = tables;
  }

  /** @param schema in which it makes tables of its own. */
  static async start(database: Database, schema: string): Promise<TransactionPerRecord> {
    const tables = new PeerTables(schema);
    await database.query(tables.creation);
    return new TransactionPerRecord(database, tables);
  }

  async handle(records: readonly DynamoDBRecord[]): Promise<void> {
    for (const record of records) await this.#database.transaction((client) => this.#handle(client, record));
  }

  async #handle(client: Queryable, { dynamodb }: DynamoDBRecord): Promise<void> {
    const { Keys, OldImage, NewImage, SequenceNumber = '0' } = dynamodb ?? {};
    const [pk, sk] = [Keys?.['PK']?.S ?? '', Keys?.['SK']?.S ?? ''];
    const [before, after] = [rowOf(OldImage), rowOf(NewImage)];
    const tables = this.#tables;
    const kept = await client.query(tables.keepRow, [pk, sk, SequenceNumber, jsonOf(after)]);
    if (kept.length === 0) return;
    await this.#document(client, { pk, sk, before, after });
    if (pk.startsWith('IMAGES#') && sk.startsWith('IMG#')) await client.query(tables.pointTo, [pk]);
    if (pk === 'FAA#LINKS') await this.#count(client, before && tupleOf(before), after && tupleOf(after));
  }

  async #document(
    client: Queryable,
    { pk, sk, before, after }: { pk: string; sk: string; before: Row | undefined; after: Row | undefined },
  ): Promise<void> {
    const model = streamModelOf(pk, sk);
    if (model === undefined) return;
    const [old, now] = [before && documentOf(model, before), after && documentOf(model, after)];
    if (jsonOf(old) === jsonOf(now)) return;
    const id = (now ?? old)?.['id'];
    if (now === undefined) await client.query(this.#tables.removeDocument, [model.collection, id]);
    else await client.query(this.#tables.putDocument, [model.collection, id, jsonOf(now)]);
  }

  async #count(
    client: Queryable,
    from: ReturnType<typeof tupleOf>,
    to: ReturnType<typeof tupleOf>,
  ): Promise<void> {
    if (jsonOf(from) === jsonOf(to)) return;
    // In one order, so that two of them do not wait for each other.
    const moves = [
      { tuple: jsonOf(from), by: -1 },
      { tuple: jsonOf(to), by: 1 },
    ].toSorted((a, b) => ((a.tuple ?? '') < (b.tuple ?? '') ? -1 : 1));
    for (const { tuple, by } of moves)
      if (tuple !== null) await client.query(this.#tables.count, [tuple, by]);
  }
}

function rowOf(image: NonNullable<DynamoDBRecord['dynamodb']>['NewImage']): Row | undefined {
  // What has more digits than a number of JavaScript is rounded.
  return image && unmarshall(image as Parameters<typeof unmarshall>[0], { wrapNumbers: Number });
}

/** Null where there is nothing; sets as lists. */
function jsonOf(value: unknown): string | null {
  if (value === undefined) return null;
  return JSON.stringify(value, (_, one: unknown) => (one instanceof Set ? [...one] : one));
}
