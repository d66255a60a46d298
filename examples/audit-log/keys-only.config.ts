import { defineTable, effect, row } from 'contrail';

const revision = row({ PK: 'DOC#<document>', SK: 'REV#<revision>' });

/** What can be noted of an insertion when the stream carries keys only. */
interface Entry {
  readonly id: string;
  readonly document: string;
  readonly revision: string;
  readonly inserted_at: number | undefined;
}

/** For streams of any view type: it asks for no image. AUDIT_TABLE names the log's table; a replay prints entries instead. */
export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { revision },
  derive: {
    audit: effect(revision, {
      on: ['INSERT'],
      run: ({ id, key, at }, { once }) => once(written({ ...key, id, inserted_at: at })),
    }),
  },
});

/** On DynamoDB an item of a transaction; in memory a function that writes. */
function written(entry: Entry): unknown {
  const { AUDIT_TABLE: TableName } = process.env;
  return TableName === undefined
    ? () => process.stderr.write(`${JSON.stringify(entry)}\n`)
    : { Put: { TableName, Item: entry } };
}
