import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { openDatabase } from '../../src/adapters/postgres/client/open-database.ts';
import { hashedKey } from '../../src/adapters/postgres/values/hashed-key.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';
import { emptyDatabaseIn } from '../support/embedded-database.ts';

const SAMPLE = fileURLToPath(new URL('../../fixtures/sample.ndjson', import.meta.url));

describe('contrail verify', function () {
  this.timeout(300_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-verify-'));
    await emptyDatabaseIn(join(folder, 'database'));
    const { status, err } = await contrail('replay', SAMPLE, '--backend', 'postgres');
    expect(status, err).to.equal(0);
  });

  after(() => rm(folder, { recursive: true }));

  const contrail = (...args: readonly string[]) =>
    run([...BUNDLED_CONTRAIL, ...args], '', { cwd: folder, env: { DATABASE_URL: 'pglite:database' } });

  const verify = async (...args: readonly string[]) => {
    const { status, out, err } = await contrail('verify', '--backend', 'postgres', '--settle', '0', ...args);
    return { status, out, err };
  };

  it('given what a worker has derived, then says how much was compared and that there is no drift', async () => {
    const { status, out, err } = await verify('--report', 'json', '--metrics');
    expect(status, err).to.equal(0);
    const report = JSON.parse(err.slice(err.indexOf('{'))) as {
      rows: number;
      drift: number;
      derivations: Record<string, { compared: number }>;
    };
    expect(report.drift).to.equal(0);
    expect(report.rows).to.be.above(100);
    for (const [name, { compared }] of Object.entries(report.derivations))
      expect(compared, name).to.be.above(0);
    const [line = ''] = out.split('\n');
    expect(JSON.parse(line)).to.include({ Verifications: 1, Drift: 0, Undecided: 0 });
  });

  it('given a sample, then says what it proves of all rows', async () => {
    const { status, out, err } = await verify('--sample', '50');
    expect(status, err).to.equal(0);
    expect(out).to.match(
      /^50 rows drawn at random, of which 0 differ: at most 5\.8 % of all rows do, with 95 % confidence$/m,
    );
  });

  it('given drift, then names each item, shows both sides only if asked, and ends with 1', async () => {
    const database = await openDatabase({ url: `pglite:${join(folder, 'database')}`, connections: 1 });
    await database.query(
      `update contrail.documents set fields = fields || '{"name": "somebody else"}' where document_id = 'CESSNA'`,
    );
    await database.query(
      `update contrail.counts set count = count + 1, rows = rows + 1 where tuple->>'model' = '172 Skyhawk'`,
    );
    await database.close();
    const plain = await verify();
    expect(plain.status, plain.err).to.equal(1);
    expect(plain.out).to.match(/^stale: manufacturer-search, document icao_manufacturers\/CESSNA$/m);
    expect(plain.out).to.match(/^wrong: matcher-tuple, count \[.*"172 Skyhawk".*\]$/m);
    expect(plain.out)
      .to.match(/^drift 2, undecided 0, refused 0$/m)
      .and.not.match(/somebody else/);
    const shown = await verify('--show', '--report', 'json');
    const { findings } = JSON.parse(shown.out) as {
      findings: { drift: string; must: Record<string, unknown>; is: Record<string, unknown> }[];
    };
    const [stale, wrong] = findings;
    expect([stale?.must['name'], stale?.is['name']]).to.deep.equal(['Cessna', 'somebody else']);
    expect(Number(wrong?.is['rows']) - Number(wrong?.must['rows'])).to.equal(1);
  });

  it('given --repair, then says what became of each item, and deletes extras where they are named', async () => {
    const database = await openDatabase({ url: `pglite:${join(folder, 'database')}`, connections: 1 });
    await database.query(
      `insert into contrail.documents
  (id, collection, document_id, generation, epoch, sequence, leading_zeros, fill, removed, fields)
select $1::text::bytea, collection, 'NOBODY', 0, '', 0, 0, 0, false, fields || '{"id": "NOBODY"}'
from contrail.documents where document_id = 'CESSNA'`,
      [hashedKey('icao_manufacturers', 'NOBODY')],
    );
    await database.close();
    const first = await verify('--repair', '--report', 'json');
    expect(first.status, first.err).to.equal(1);
    const { findings, ...report } = JSON.parse(first.out) as { findings: { item: string }[] };
    expect(report).to.deep.include({ drift: 3, mended: 2, undecided: 0, refused: 0 });
    const [counted, stale, extra] = findings.toSorted((a, b) => (a.item < b.item ? -1 : 1));
    expect(counted).to.deep.include({
      drift: 'wrong',
      mended: true,
      done: 'set to what its states add up to',
    });
    expect(stale).to.deep.include({ drift: 'stale', mended: true, done: 'sent to the index anew' });
    expect(extra).to.deep.include({
      ...{ drift: 'extra', item: 'document icao_manufacturers/NOBODY' },
      ...{ mended: false, why: 'extra is not among what is to be mended' },
    });
    const second = await verify('--repair=extra');
    expect(second.status, second.err).to.equal(0);
    expect(second.out)
      .to.match(
        /^extra: manufacturer-search, document icao_manufacturers\/NOBODY; mended: deleted from the index$/m,
      )
      .and.match(/^drift 1, mended 1, undecided 0, refused 0$/m);
  });

  it('given a kind of drift that there is none of, then says which there are', async () => {
    const { status, err } = await verify('--repair=lost');
    expect(status).to.equal(2);
    expect(err).to.match(/Expected some of missing, extra, stale, wrong/);
  });
});
