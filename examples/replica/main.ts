import { readFile, rename, writeFile } from 'node:fs/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoDbTable } from './dynamodb-table.js';
import { Replica, type SavedCopy } from './replica.js';

const { TABLE: table, COPY: file } = process.env;
if (!table) throw new Error('TABLE is not set: the name of the table that is to be copied');

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const replica = new Replica(await dynamoDbTable(table, { dynamodb: new DynamoDBClient() }));
const telling = setInterval(() => {
  console.log(`${replica.rows?.length ?? 'no'} rows, ${replica.lagMs ?? '?'} ms behind`);
}, 10_000);
try {
  await replica.follow({
    signal: stop.signal,
    ...(file && {
      saved: await savedIn(file),
      save: { everyChanges: 1_000, to: (copy) => save(file, copy) },
    }),
  });
} finally {
  clearInterval(telling);
}

async function savedIn(path: string): Promise<SavedCopy | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as SavedCopy;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** State and rows at once: whoever is killed meanwhile has the two from before. */
async function save(path: string, copy: SavedCopy): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(copy));
  await rename(`${path}.new`, path);
}
