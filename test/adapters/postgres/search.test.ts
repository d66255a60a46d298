import { expect } from 'chai';
import {
  SearchableCollection,
  type SearchOptions,
} from '../../../src/adapters/embedded-search/searchable-collection.ts';
import type { Database } from '../../../src/adapters/postgres/client/database.ts';
import type { Names } from '../../../src/adapters/postgres/schema/names.ts';
import { PostgresSearch } from '../../../src/adapters/postgres/search/postgres-search.ts';
import { PostgresSearchIndex } from '../../../src/adapters/postgres/search/postgres-search-index.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { DocumentFields } from '../../../src/domain/search-document.ts';
import { ValueSet } from '../../../src/domain/value.ts';
import { PGLITE, SERVER } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { decimal } from '../../support/factories.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';

const TALKS: readonly DocumentFields[] = [
  {
    ...{ id: 'a', title: 'Event sourcing in practice', room: 'Ada', year: decimal('2024') },
    ...{ tags: new ValueSet(['events', 'storage']), speaker: { name: 'Kim', of: [{ city: 'Oslo' }] } },
  },
  {
    ...{ id: 'b', title: 'Events were sourced', room: 'Grace', year: decimal('12345678901234567890.5') },
    ...{ tags: ['storage', true, null], speaker: { name: 'Bo', of: [{ city: 'Rome' }, { city: 'Oslo' }] } },
  },
  {
    id: 'c',
    title: 'A NUL \0 and half a pair \ud83d here',
    room: '9',
    year: decimal('12345678901234567890.4'),
  },
  {
    id: 'd',
    title: 'practice',
    room: 'Ada',
    isOpen: true,
    bytes: new Uint8Array([0, 255]),
    'odd "name\0': 'x',
  },
  {
    id: 'e',
    title: '',
    room: 'ådé 🛩',
    year: decimal('-3'),
    tags: new ValueSet([decimal('1'), decimal('2.50')]),
  },
];

/** What must be found by both engines alike: nothing here is searched by words. */
const ALIKE: readonly SearchOptions[] = [
  {},
  { limit: 2 },
  { where: [{ field: 'room', is: '=', value: 'Ada' }] },
  { where: [{ field: 'room', is: '!=', value: 'Ada' }] },
  { where: [{ field: 'room', is: '=', value: 9 }] },
  { where: [{ field: 'year', is: '>', value: '12345678901234567890.4' }] },
  { where: [{ field: 'year', is: '<=', value: 2024n }] },
  { where: [{ field: 'year', is: '!=', value: '2024.0' }] },
  { where: [{ field: 'room', is: '>=', value: 'Grace' }] },
  { where: [{ field: 'isOpen', is: '=', value: true }] },
  { where: [{ field: 'tags', is: '=', value: 'storage' }] },
  { where: [{ field: 'tags', is: '=', value: 'null' }] },
  { where: [{ field: 'tags', is: '>=', value: 'true' }] },
  { where: [{ field: 'tags', is: '=', value: '2.5' }] },
  { where: [{ field: 'speaker.of.city', is: '=', value: 'Oslo' }] },
  { where: [{ field: 'bytes', is: '=', value: 'AP8=' }] },
  { where: [{ field: 'odd "name\0', is: '=', value: 'x' }] },
  { where: [{ field: 'title', is: '=', value: 'A NUL \0 and half a pair \ud83d here' }] },
  { where: [{ field: `'; drop table x; --`, is: '=', value: `'"$1` }] },
  {
    where: [
      { field: 'room', is: '=', value: 'Ada' },
      { field: 'speaker.name', is: '=', value: 'Kim' },
    ],
  },
  { facets: ['room', 'speaker.of.city', 'isOpen', 'nothing'] },
  { facets: ['room', 'title'], facetLimit: 1, where: [{ field: 'room', is: '=', value: 'Ada' }] },
  { sort: [{ field: 'year' }] },
  { sort: [{ field: 'year', order: 'desc' }] },
  { sort: [{ field: 'room', order: 'desc' }, { field: 'title' }], limit: 3 },
  { sort: [{ field: 'isOpen', order: 'desc' }] },
];

for (const kind of [PGLITE, SERVER])
  describeUnless(kind.missing, `the search in PostgreSQL, on ${kind.name}`, () => {
    let search: PostgresSearch;
    let database: Database;
    let names: Names;
    let index: PostgresSearchIndex;
    let close: () => unknown;
    const talks = unique('talks \0 ');
    const version = { generation: 0, epoch: '', sequence: '1' };
    const put = (collection: string, documents: readonly DocumentFields[]) =>
      index.apply(
        collection,
        documents.map((document) => ({ id: document['id'] as string, document, version })),
      );

    before(async () => {
      const own = await kind.own();
      ({ close, database, names } = own);
      search = new PostgresSearch(database, names);
      index = new PostgresSearchIndex(database, names);
      expect(await put(talks, TALKS)).to.deep.equal(TALKS.map(() => 'done'));
      await put('others', [{ id: 'a', title: 'practice' }]);
    });

    after(() => close());

    const idsOf = async (...call: Parameters<PostgresSearch['search']>) =>
      (await search.search(...call)).hits.map(({ id }) => id);

    for (const options of ALIKE)
      it(`answers as the embedded engine does: ${JSON.stringify(options, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`, async () => {
        const embedded = await SearchableCollection.of(index.documents(talks));
        const expected = embedded.search('', options);
        const answer = await search.search(talks, '', options);
        expect(answer).to.deep.equal(expected);
        if (options.where === undefined) expect(answer.found).to.equal(TALKS.length);
      });

    it('finds words, phrases, and what is to be absent, best first', async () => {
      expect(await idsOf(talks, 'PRACTICE')).to.have.members(['a', 'd']);
      expect(await idsOf(talks, 'event sourcing')).to.deep.equal(['a']);
      expect(await idsOf(talks, '"sourcing event"')).to.deep.equal([]);
      expect(await idsOf(talks, 'practice -sourcing')).to.deep.equal(['d']);
      expect(await idsOf(talks, 'practice sourced', { match: 'any' })).to.have.members(['a', 'b', 'd']);
      const { hits } = await search.search(talks, 'practice or sourcing');
      expect(hits[0]?.score).to.be.above(0);
      expect(hits.map(({ score }) => score)).to.deep.equal(
        hits.map(({ score }) => score).toSorted((one, other) => other - one),
      );
    });

    it('finds what has any word or phrase, and nothing of what is to be absent', async () => {
      const any = (text: string) => idsOf(talks, text, { match: 'any' });
      expect(await any('"sourcing event" "were sourced"')).to.deep.equal(['b']);
      expect(await any('practice sourced -sourcing')).to.have.members(['b', 'd']);
      expect(await any('-"event sourcing" practice or sourced')).to.have.members(['b', 'd']);
      expect(await any('"were sourced')).to.deep.equal(['b']);
      expect(await any('-practice')).to.have.members(['b', 'c', 'e']);
    });

    it('finds words by their stems in a language', async () => {
      expect(await idsOf(talks, 'event source')).to.deep.equal([]);
      expect(await idsOf(talks, 'event source', { language: 'english' })).to.have.members(['a', 'b']);
      const fault = await search
        .search(talks, 'x', { language: `english', '{}') --` })
        .catch((error: unknown) => error);
      expect(fault).to.have.property('kind', 'configuration');
      expect((fault as Fault).message).to.match(/has no language .* it has .*english/);
    });

    it('finds words in the fields that are named, and of what holds NUL and halves of pairs', async () => {
      expect(await idsOf(talks, 'ada')).to.have.members(['a', 'd']);
      expect(await idsOf(talks, 'ada', { fields: ['title'] })).to.deep.equal([]);
      expect(await idsOf(talks, 'kim', { fields: ['title', 'speaker'] })).to.deep.equal(['a']);
      expect(await idsOf(talks, 'pair here')).to.deep.equal(['c']);
      for (const text of ['\0', '\ud83d', 'NUL \0', `' & | ! : * ( ) "`, ' '])
        expect(await idsOf(talks, text), JSON.stringify(text)).to.be.an('array');
    });

    it('writes and finds a document with more words than PostgreSQL holds', async () => {
      const text = range(200_000)
        .map((n) => `word${n}`)
        .join(' ');
      const many = unique('many');
      expect(await put(many, [{ id: 'm', text }])).to.deep.equal(['done']);
      expect(await idsOf(many, 'word17')).to.deep.equal(['m']);
    });

    it('lists documents in their order, whichever way the server joins', async () => {
      const many = unique('ordered');
      const ids = range(60).map((n) => String(n).padStart(2, '0'));
      await put(
        many,
        ids.map((id) => ({ id, rank: decimal(id), title: 'word '.repeat(Number(id) + 1) })),
      );
      for (const off of ['nestloop', 'hashjoin, nestloop', 'mergejoin, nestloop']) {
        const settings = off.split(', ').map((one) => `set local enable_${one} = off`);
        // As other statistics of its tables would have it.
        const joining: Pick<Database, 'name' | 'query'> = {
          name: database.name,
          query: (text, values) =>
            database.transaction(async (client) => {
              await client.query(settings.join(';'));
              return client.query(text, values);
            }),
        };
        const joined = new PostgresSearch(joining as Database, names);
        const found = await joined.search(many, '', { sort: [{ field: 'rank', order: 'desc' }], limit: 50 });
        expect(
          found.hits.map(({ id }) => id),
          `without ${off}`,
        ).to.deep.equal(ids.toReversed().slice(0, 50));
        const { hits } = await joined.search(many, 'word', { limit: 50 });
        const scores = hits.map(({ score }) => score);
        expect(scores, `without ${off}`).to.deep.equal(scores.toSorted((one, other) => other - one));
      }
    });

    it('keeps its function that catches exceptions out of parallel plans, where older servers refuse them', async () => {
      const found = await database.query(
        `select proparallel::text as parallel from pg_proc p join pg_namespace n on n.oid = pronamespace
where nspname = $1 and proname = 'words'`,
        [names.schemaName],
      );
      expect(found).to.deep.equal([{ parallel: 'u' }]);
    });

    it('names the collections that are there', async () => {
      const fault = await search.search('none', 'x').catch((error: unknown) => error);
      expect((fault as Fault).message).to.include('there is no collection "none": ');
      expect((fault as Fault).message)
        .to.include(JSON.stringify(talks))
        .and.include('"others"');
    });
  });
