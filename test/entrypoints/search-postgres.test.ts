import { expect } from 'chai';
import { PostgresSearchIndex } from '../../src/adapters/postgres/search/postgres-search-index.ts';
import { readSearchedPlace } from '../../src/entrypoints/config.ts';
import { SERVER } from '../integration/postgres.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { decimal } from '../support/factories.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';

describe('where contrail search looks', () => {
  const url = { DATABASE_URL: 'postgres://db/app' };

  it('is the folder that is named, the database of BACKEND, or whichever is there', () => {
    const both = { ...url, SEARCH_FOLDER: 'search' };
    expect(readSearchedPlace(both)).to.deep.equal({ folder: 'search' });
    expect(readSearchedPlace(both, 'named')).to.deep.equal({ folder: 'named' });
    for (const environment of [url, { ...both, BACKEND: 'postgres' }])
      expect(readSearchedPlace(environment)).to.have.nested.property('database.url', url.DATABASE_URL);
    expect(() => readSearchedPlace({})).to.throw('SEARCH_FOLDER is not set');
    expect(() => readSearchedPlace({ BACKEND: 'postgres' })).to.throw('DATABASE_URL is not set');
    expect(() => readSearchedPlace({ DATABASE_URL: 'pglite:' })).to.throw('a database in memory');
  });
});

describeUnless(SERVER.missing, 'contrail search in PostgreSQL', () => {
  it('finds documents, and says what they have', async () => {
    const { database, names, close } = await SERVER.own();
    const version = { generation: 0, epoch: '', sequence: '1' };
    const documents = [
      { id: 'a', title: 'Event sourcing', year: decimal('12345678901234567890.5') },
      { id: 'b', title: 'Sourced \0 events', year: decimal('2024') },
      { id: 'c', title: 'Practice', year: decimal('2024') },
    ];
    await new PostgresSearchIndex(database, names).apply(
      'talks',
      documents.map((document) => ({ id: document.id, document, version })),
    );
    const env = { DATABASE_URL: SERVER.url, DATABASE_SCHEMA: names.schemaName, BACKEND: 'postgres' };
    const search = (...args: readonly string[]) =>
      run([...BUNDLED_CONTRAIL, 'search', 'talks', ...args], '', { env });
    const [found, refused] = await Promise.all([
      search(
        'event source',
        '--language',
        'english',
        '--where',
        'year>2024',
        '--facet',
        'year',
        '--report',
        'json',
      ),
      search('event', '--language', 'klingon'),
    ]);
    await close();
    expect(found.err).to.equal('');
    const [hit, sum] = found.out.trimEnd().split('\n');
    expect(hit).to.match(
      /"document":\{"id":"a","year":12345678901234567890\.5,"title":"Event sourcing"\}\}$/,
    );
    expect(JSON.parse(sum!)).to.deep.equal({
      ...{ found: 1, of: 3 },
      facets: [{ field: 'year', values: [{ value: '12345678901234567890.5', count: 1 }], distinct: 1 }],
    });
    expect([refused.status, refused.err]).to.deep.equal([
      2,
      refused.err.startsWith('contrail: the database has no language "klingon"') ? refused.err : '',
    ]);
  });
});
