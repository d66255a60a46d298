import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { inSearch } from '../../src/adapters/postgres/open-backend.ts';
import { MIGRATIONS } from '../../src/adapters/postgres/schema/migrations.ts';
import { PostgresSearchIndex } from '../../src/adapters/postgres/search/postgres-search-index.ts';
import { readSearchedPlace } from '../../src/entrypoints/config.ts';
import { SERVER } from '../integration/postgres.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { decimal } from '../support/factories.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';
import { unique } from '../support/unique.ts';

const faultOf = (settings: Parameters<typeof inSearch>[0]) =>
  inSearch(settings, (search) => search.search('talks', '')).catch((error: unknown) => error);

describe('a search in an embedded database that is not there', () => {
  it('makes none, and says what to do', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'contrail-search-'));
    const folder = join(parent, 'data');
    const fault = await faultOf({ url: `pglite:${folder}` });
    expect(fault).to.include({
      kind: 'configuration',
      message: `embedded database in ${folder}: there is none; set DATABASE_URL to the folder of one, or make it by contrail migrate`,
    });
    expect(await readdir(parent)).to.deep.equal([]);
    await rm(parent, { recursive: true });
  });
});

describeUnless(SERVER.missing, 'a search in PostgreSQL without the tables of this version', () => {
  it('makes none, and says what to do', async () => {
    const { database } = await SERVER.shared();
    const schema = unique('contrail_test_0').replaceAll('-', '_');
    const fault = await faultOf({ url: SERVER.url, schema });
    expect(fault).to.have.property('kind', 'configuration');
    expect(fault)
      .to.have.property('message')
      .that.matches(new RegExp(`has no tables of Contrail in the schema "${schema}": run contrail migrate`));
    expect(await database.query('select 1 from pg_namespace where nspname = $1', [schema])).to.deep.equal([]);
  });

  it('leaves older ones as they are', async () => {
    const { database, names, close } = await SERVER.own();
    const latest = MIGRATIONS.length;
    await database.query(`delete from ${names.migrations} where version = ${latest}`);
    const fault = await faultOf({ url: SERVER.url, schema: names.schemaName });
    const found = await database.query(`select max(version) as version from ${names.migrations}`);
    await close();
    expect(fault)
      .to.have.property('message')
      .that.includes(
        `are of form ${latest - 1}, and this version of Contrail needs form ${latest}: run contrail migrate`,
      );
    expect(found).to.deep.equal([{ version: latest - 1 }]);
  });
});

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
