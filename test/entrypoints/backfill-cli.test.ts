import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { openDatabase } from '../../src/adapters/postgres/client/open-database.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';
import { emptyDatabaseIn } from '../support/embedded-database.ts';
import { tableExport, writeExport } from '../support/table-export.ts';

const SAMPLE = fileURLToPath(new URL('../../fixtures/sample.ndjson', import.meta.url));

describe('contrail backfill', function () {
  this.timeout(300_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-backfill-'));
    await emptyDatabaseIn(join(folder, 'database'));
    const { status, err } = await contrail('replay', SAMPLE, '--backend', 'postgres');
    expect(status, err).to.equal(0);
  });

  after(() => rm(folder, { recursive: true }));

  const contrail = (...args: readonly string[]) =>
    run([...BUNDLED_CONTRAIL, ...args], '', { cwd: folder, env: { DATABASE_URL: 'pglite:database' } });

  const plan = async () => {
    const { status, out, err } = await contrail('plan', '--backend', 'postgres', '--report', 'json');
    expect(err).to.match(/aircraft fleet/);
    const report = JSON.parse(out) as {
      readonly table: { readonly rows: number };
      readonly derivations: readonly { readonly name: string; readonly status: string }[];
    };
    const statuses = Object.fromEntries(report.derivations.map((one) => [one.name, one.status]));
    return { status, table: report.table.rows > 100, statuses };
  };

  it('given a full table from which nothing is derived, then counts and pointers are as a worker has derived them', async () => {
    const open = () => openDatabase({ url: `pglite:${join(folder, 'database')}`, connections: 1 });
    const derived = async () => {
      const database = await open();
      const counted = await database.query('select tuple, count from contrail.counts order by tuple::text');
      const pointers = await database.query('select count(*)::int as n from contrail.pointers');
      const noted = await database.query('select subject, name from contrail.notes where subject = $1', [
        'backfill',
      ]);
      await database.close();
      return { counted, pointers, noted };
    };
    const before = await derived();
    const database = await open();
    for (const table of ['counts', 'states', 'pointers', 'search_fences', 'documents'])
      await database.query(`delete from contrail.${table}`);
    await database.close();
    const planned = await plan();
    expect(planned).to.include({ status: 1, table: true });
    expect(planned.statuses['matcher-tuple']).to.equal('new');
    const unfilled = await derived();
    const dry = await contrail('backfill', '--backend', 'postgres', '--dry-run', '--report', 'json');
    const would = JSON.parse(dry.out) as { derivations: Record<string, { written: number }> };
    expect(dry.status, dry.err).to.equal(0);
    expect(would).to.include({ dryRun: true, stopped: false });
    expect(await derived()).to.deep.equal(unfilled);
    const { status, out, err } = await contrail('backfill', '--backend', 'postgres', '--report', 'json');
    expect(status, err).to.equal(0);
    const report = JSON.parse(out) as Record<string, number>;
    expect(report['scanned']).to.be.above(100);
    expect(report['documents']).to.be.above(100);
    expect(report).to.include({ refused: 0, resumed: false, stopped: false });
    expect(await derived()).to.deep.equal(before);
    expect(would.derivations['matcher-tuple']?.written).to.equal(report['counts']);
    // Another process, which has loaded the definition by itself.
    const again = await plan();
    expect(again.status).to.equal(0);
    expect(new Set(Object.values(again.statuses))).to.deep.equal(new Set(['filled']));
    const text = await contrail('plan', '--backend', 'postgres');
    expect(text.out)
      .to.match(/^matcher-tuple +counts +filled +filled \d{4}-.*Z$/m)
      .and.to.match(/^nothing to do$/m);
  });

  it('given an export, then an empty database is filled from it; without a word on what is handled since, it is refused', async () => {
    const at = Date.now() - 3_600_000;
    const item = (n: number) => ({
      PK: { S: 'FAA#LINKS' },
      SK: { S: `MFR_MDL_CODE#2072423#SN#${n}` },
      mfr_mdl_code: { S: '2072423' },
      serial_number: { S: `${n}` },
      ...{ manufacturer: { S: 'CESSNA' }, model: { S: '172' }, type_designator: { S: 'C172' } },
    });
    await writeExport(join(folder, 'export'), tableExport({ files: [[1, 2, 3].map(item), [item(4)]], at }));
    const since = new Date(at).toISOString();
    const fill = (...args: readonly string[]) =>
      run([...BUNDLED_CONTRAIL, 'backfill', '--backend', 'postgres', '--report', 'json', ...args], '', {
        cwd: folder,
        env: { DATABASE_URL: 'pglite:exported' },
      });
    const { status, out, err } = await fill('--export', 'export', '--followed-since', since);
    expect(status, err).to.equal(0);
    expect(JSON.parse(out)).to.include({ scanned: 4, counts: 4, listed: 0, readUnits: 0, refused: 0 });
    const database = await openDatabase({ url: `pglite:${join(folder, 'exported')}`, connections: 1 });
    const counted = await database.query('select count::text, rows::text from contrail.counts');
    const replicated = await database.query('select count(*)::int as n from contrail.source_rows');
    await database.close();
    expect([counted, replicated]).to.deep.equal([[{ count: '4', rows: '4' }], [{ n: 4 }]]);

    const refused = await fill('--export', 'export');
    expect(refused.err).to.match(/must be in what a worker with this definition has handled/);
    expect(refused.status).to.equal(2);
  });
});
