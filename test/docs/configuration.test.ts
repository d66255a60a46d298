import { expect } from 'chai';
import { readConfig } from '../../src/entrypoints/config.ts';
import { readDatabaseSettings } from '../../src/entrypoints/database-settings.ts';
import { readIndexerConfig } from '../../src/entrypoints/indexer-config.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { read } from './markdown.ts';

const REQUIRED = {
  TABLE_NAME: 'aircraft',
  STATE_TABLE_NAME: 'aircraft-state',
  TYPESENSE_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/111122223333/search.fifo',
};

const OF_INDEXER = { TYPESENSE_URL: 'http://localhost:8108', TYPESENSE_API_KEY: 'key' };

describe('docs/postgresql.md', () => {
  it('names every variable that is read of a database, with its default', () => {
    const rows = [
      ...read('docs/postgresql.md').matchAll(/^\| `(DATABASE_\w+|PGSSL\w+)` +\| (?:`([^`]*)`)?/gm),
    ];
    const asked = new Set<string>();
    const url = { DATABASE_URL: 'postgres://db/app' };
    const environment = new Proxy<Record<string, string>>(url, {
      get: (target, name: string) => (asked.add(name), target[name]),
    });
    const defaults = readDatabaseSettings(environment);
    expect([...asked].toSorted()).to.deep.equal(rows.map(([, name]) => name).toSorted());
    const documented = rows.flatMap(([, name, value]) => (value === undefined ? [] : [[name!, value]]));
    expect(documented).to.have.length(3);
    expect(
      readDatabaseSettings({ ...url, ...(Object.fromEntries(documented) as Record<string, string>) }),
    ).to.deep.equal(defaults);
  });
});

describe('docs/configuration.md', () => {
  const text = read('docs/configuration.md');
  const rows = [...text.matchAll(/^\| `(\w+)` +\| (?:`([^`]*)`)?(.*?) +\| (.+?) +\|$/gm)];

  it('names every variable that is read, and no other', () => {
    const asked = new Set<string>();
    const environment = new Proxy<Record<string, string>>(
      { ...REQUIRED, ...OF_INDEXER },
      {
        get: (target, name: string) => (asked.add(name), target[name]),
      },
    );
    readIndexerConfig(environment, fleet.model);
    expect(
      [...text.matchAll(/`([A-Z]+_[A-Z_]+|BACKEND|CONCURRENCY|POISON)`/g)].map(([, name]) => name),
    ).to.include.members([...asked]);
    expect([...asked]).to.include.members(rows.map(([, name]) => name));
  });

  it('has the defaults', () => {
    const defaults = rows.flatMap(([, name, value]) => (value === undefined ? [] : [[name!, value]]));
    expect(defaults.length).to.be.greaterThan(10);
    expect(
      readConfig({ ...REQUIRED, ...(Object.fromEntries(defaults) as Record<string, string>) }),
    ).to.deep.equal(readConfig(REQUIRED));
  });

  it('says what is required', () => {
    const required = rows
      .filter(([, , , note]) => note?.startsWith('required on AWS'))
      .map(([, name]) => name);
    expect(required).to.deep.equal(Object.keys(REQUIRED));
    for (const name of required) expect(() => readConfig({ ...REQUIRED, [name!]: '' }), name).to.throw(name);
  });
});
