import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';
import { emptyDatabaseIn } from '../support/embedded-database.ts';
import { faaRow, imageRow, linkRow, streamRecord } from '../support/stream-records.ts';

const SAMPLE = fileURLToPath(new URL('../../fixtures/sample.ndjson', import.meta.url));

describe('contrail replay --backend postgres', function () {
  this.timeout(300_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-postgres-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  const replay = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    run([...BUNDLED_CONTRAIL, 'replay', SAMPLE, '--report', 'json', ...args], '', {
      cwd: folder,
      env,
    });

  it('given the sample, when replayed in a folder twice, then the state is to the byte that of memory, with no drift', async () => {
    const env = { DATABASE_URL: 'pglite:database' };
    for (const file of ['first.json', 'second.json']) {
      const { status, out, err } = await replay(['--backend', 'postgres', '--verify', '--state', file], env);
      expect(status, err + out).to.equal(0);
    }
    await replay(['--state', 'memory.json']);
    const [memory, first, second] = await Promise.all(
      ['memory.json', 'first.json', 'second.json'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    expect(first === memory, 'the same bytes').to.equal(true);
    expect(first).to.match(/^ {2}"searchActions": [1-9]/m);
    // Of a repeat, the queue takes none again.
    expect(second).to.match(/^ {2}"searchActions": 0,?$/m);
    const withoutActions = (json = '') => json.replace(/^ {2}"searchActions": \d+,?$/m, '');
    expect(withoutActions(second) === withoutActions(memory), 'the same bytes').to.equal(true);
  });

  const refusals: readonly (readonly [what: string, url: string, said: RegExp])[] = [
    [
      'no URL of a database',
      'mysql://me:secret@here/app',
      /DATABASE_URL is neither a postgres: nor a pglite: URL/,
    ],
    ['a URL without a database', 'postgres://me:secret@here', /DATABASE_URL names no database/],
    [
      'a server that is not there',
      'postgres://me:secret@127.0.0.1:1/app',
      /ECONNREFUSED.*; check that the server runs, the network, and DATABASE_URL$/,
    ],
    [
      'a host that is not there',
      'postgres://me:secret@nothing.invalid/app',
      /(?:ENOTFOUND|EAI_AGAIN).*; check that the server runs/,
    ],
    [
      'a mode of TLS that there is none of',
      'postgres://me:secret@127.0.0.1:1/app?sslmode=on',
      /sslmode is none of disable, allow, prefer/,
    ],
    // Where a folder ought to be, and cannot.
    [
      'a folder that cannot be',
      'pglite:/dev/null/data',
      /set DATABASE_URL to a folder that can be written to/,
    ],
  ];
  for (const [what, url, said] of refusals)
    it(`given ${what}, when called, then it says so, and no password`, async () => {
      const { status, out, err } = await replay(['--backend', 'postgres'], { DATABASE_URL: url });
      expect([status, out]).to.deep.equal([2, '']);
      expect(err.trimEnd()).to.match(said).and.not.to.contain('\n');
      expect(err).not.to.contain('secret');
    });

  it('given keys with NUL, and attributes with half a surrogate pair, when replayed, then they are what they are in memory, with no drift', async () => {
    const [key, odd] = ['a\u0000b\u0001c', 'a\u0000b\u0001c\ud83d'];
    const rows = [
      faaRow(`N${key}`, { owner_name: odd }),
      linkRow(key, key, [key, `172${key}`, 'C172']),
      imageRow({ orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: key }, key, { url: odd }),
    ];
    const records = rows.map((after, n) => JSON.stringify(streamRecord({ after, sequence: n + 1 })));
    await writeFile(join(folder, 'odd.ndjson'), records.join('\n'));
    await emptyDatabaseIn(join(folder, 'database'));
    const states = await Promise.all(
      ['memory', 'postgres'].map(async (backend) => {
        const args = ['--backend', backend, '--verify', '--state', `${backend}.json`];
        const { status, out, err } = await run([...BUNDLED_CONTRAIL, 'replay', 'odd.ndjson', ...args], '', {
          cwd: folder,
          env: { DATABASE_URL: 'pglite:database' },
        });
        expect(status, err + out).to.equal(0);
        return readFile(join(folder, `${backend}.json`), 'utf8');
      }),
    );
    expect(states[1]).to.equal(states[0]);
    expect(states[0]).to.contain('\\u0000').and.to.contain('\\ud83d');
  });

  const names: readonly (readonly [what: string, env: Readonly<Record<string, string>>, said: RegExp])[] = [
    [
      'a hostile schema',
      { DATABASE_SCHEMA: 'a"; drop table x; --' },
      /the schema of the database's tables is /,
    ],
    ['a hostile prefix', { DATABASE_PREFIX: `x'); --` }, /the prefix of the database's tables is /],
  ];
  for (const [what, env, said] of names)
    it(`given ${what}, when called, then it says so in one line, and the status is 2`, async () => {
      const { status, out, err } = await replay(['--backend', 'postgres'], {
        DATABASE_URL: 'pglite:',
        ...env,
      });
      expect([status, out]).to.deep.equal([2, '']);
      expect(err).to.match(said);
      expect(err.trimEnd()).not.to.contain('\n');
    });

  it('given a folder that holds something else, or that another process has, when called, then it says so in one line, and the status is 2', async () => {
    await writeFile(join(folder, 'letter.txt'), 'dear');
    await writeFile(
      join(folder, 'used.lock'),
      JSON.stringify({ pid: 1, host: 'another-machine', token: 'x' }),
    );
    for (const [url, said] of [
      [`pglite:${folder}`, /the folder holds something else; set DATABASE_URL to one that is empty/],
      [`pglite:${join(folder, 'used')}`, /used\.lock is held by process 1 on another-machine/],
    ] as const) {
      const { status, err } = await replay(['--backend', 'postgres'], { DATABASE_URL: url });
      expect(status, err).to.equal(2);
      expect(err).to.match(said);
      expect(err.trimEnd()).not.to.contain('\n');
    }
  });
});
