import { counts, defineTable, documents, row } from 'contrail';

interface Talk {
  readonly title: string;
  readonly track: string;
  readonly minutes: number;
}

const talk = row({ PK: 'CONFERENCE#<conference>', SK: 'TALK#<talk>' }).with<Talk>();

export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { talk },
  derive: {
    talk_search: documents(talk, { collection: 'talks', fields: ['title', 'track', 'minutes'] }),
    talks_by_track: counts(talk, { by: ['track'], at: { PK: 'TRACK#<track>', SK: 'TALKS' } }),
  },
});
