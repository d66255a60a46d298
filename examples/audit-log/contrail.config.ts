import { defineTable, row, rows } from 'contrail';

interface Revision {
  readonly author: string;
  readonly title: string;
}

const revision = row({ PK: 'DOC#<document>', SK: 'REV#<revision>' }).with<Revision>();

export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { revision },
  derive: {
    // An entry for each revision that was inserted, in a table of its own, whatever becomes of the revision.
    audit: rows(revision, {
      on: ['INSERT'],
      keep: true,
      of: ({ key, attributes: { author, title }, change }) => ({
        table: 'audit',
        key: { id: `${key.document}/${key.revision}` },
        attributes: { author, title, inserted_at: change.at },
      }),
    }),
  },
});
