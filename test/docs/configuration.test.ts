import { expect } from 'chai';
import { readConfig } from '../../src/entrypoints/config.ts';
import { read } from './markdown.ts';

const REQUIRED = {
  TABLE_NAME: 'aircraft',
  STATE_TABLE_NAME: 'aircraft-state',
  TYPESENSE_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/111122223333/search.fifo',
};

const POSTGRES = { BACKEND: 'postgres', DATABASE_URL: 'pglite:' };

describe('docs/configuration.md', () => {
  const text = read('docs/configuration.md');
  const rows = [...text.matchAll(/^\| `(\w+)` +\| (?:`([^`]*)`)?(.*?) +\| (.+?) +\|$/gm)];

  it('names every variable that is read, and no other', () => {
    const asked = new Set<string>();
    for (const required of [REQUIRED, POSTGRES])
      readConfig(
        new Proxy<Record<string, string>>(required, {
          get: (target, name: string) => (asked.add(name), target[name]),
        }),
      );
    expect(
      [...text.matchAll(/`([A-Z]+_[A-Z_]+|BACKEND|CONCURRENCY)`/g)].map(([, name]) => name),
    ).to.include.members([...asked]);
    expect([...asked]).to.include.members(rows.map(([, name]) => name));
  });

  it('has the defaults', () => {
    const defaults = rows.flatMap(([, name, value]) => (value === undefined ? [] : [[name!, value]]));
    expect(defaults.length).to.be.greaterThan(10);
    for (const required of [REQUIRED, POSTGRES])
      expect(
        readConfig({ ...(Object.fromEntries(defaults) as Record<string, string>), ...required }),
      ).to.deep.equal(readConfig(required));
  });

  it('says what is required', () => {
    const required = rows
      .filter(([, , , note]) => note?.startsWith('required on AWS'))
      .map(([, name]) => name);
    expect(required).to.deep.equal(Object.keys(REQUIRED));
    for (const name of required) expect(() => readConfig({ ...REQUIRED, [name!]: '' }), name).to.throw(name);
    expect(rows.filter(([, , , note]) => note?.startsWith('required on PostgreSQL')).map(([, name]) => name)).to.deep.equal(
      ['DATABASE_URL'],
    );
    expect(() => readConfig({ BACKEND: 'postgres' })).to.throw('DATABASE_URL');
  });
});
