import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { generateRecords } from '../../src/fleet/feed/generate.ts';
import { toSdkImage } from './sdk-image.ts';

export interface FleetOptions {
  readonly table: string;
  /** How many changes to make; each changes something. */
  readonly writes: number;
  /** The same seed and number give the same changes. */
  readonly seed: number;
  /** Most writes at a time. Default 32. */
  readonly concurrency?: number;
  /** Called after every write with how many are done. */
  readonly onProgress?: (written: number) => void;
}

/**
 * Writes a sample fleet's changes into a table. Changes of one item are made in order, one after the other; different
 * items change at the same time.
 *
 * @throws Error naming the item whose write failed; no writes are under way then.
 */
export async function writeFleet(client: DynamoDBClient, options: FleetOptions): Promise<void> {
  const { table, writes, seed, concurrency = 32, onProgress } = options;
  const lastOfItem = new Map<string, Promise<void>>();
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let written = 0;
  for (const record of generateRecords({ seed, records: writes, duplicateShare: 0 })) {
    const item = JSON.stringify(record.dynamodb?.Keys);
    const write = (lastOfItem.get(item) ?? Promise.resolve()).then(async () => {
      if (failures.length > 0) return;
      try {
        await writeOne(client, table, record);
        onProgress?.(++written);
      } catch (error) {
        failures.push(new Error(`cannot write ${item}: ${(error as Error).message}`, { cause: error }));
      }
    });
    lastOfItem.set(item, write);
    underWay.add(write);
    void write.then(() => {
      underWay.delete(write);
      if (lastOfItem.get(item) === write) lastOfItem.delete(item);
    });
    if (underWay.size >= concurrency) await Promise.race(underWay);
    if (failures.length > 0) break;
  }
  await Promise.all(underWay);
  if (failures.length > 0) throw failures[0];
}

async function writeOne(client: DynamoDBClient, table: string, { dynamodb }: DynamoDBRecord): Promise<void> {
  const { Keys, NewImage } = dynamodb ?? {};
  if (NewImage !== undefined) {
    await client.send(new PutItemCommand({ TableName: table, Item: toSdkImage(NewImage) }));
  } else if (Keys !== undefined) {
    await client.send(new DeleteItemCommand({ TableName: table, Key: toSdkImage(Keys) }));
  }
}
