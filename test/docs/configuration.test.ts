import { expect } from 'chai';
import { readConfig } from '../../src/entrypoints/config.ts';
import { readIndexerConfig } from '../../src/entrypoints/indexer-config.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { read } from './markdown.ts';

const REQUIRED = {
  TABLE_NAME: 'aircraft',
  STATE_TABLE_NAME: 'aircraft-state',
  TYPESENSE_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/111122223333/search.fifo',
};

const OF_INDEXER = { TYPESENSE_URL: 'http://localhost:8108', TYPESENSE_API_KEY: 'key' };

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
      [...text.matchAll(/`([A-Z]+_[A-Z_]+|BACKEND|CONCURRENCY)`/g)].map(([, name]) => name),
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
