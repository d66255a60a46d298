import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';
import { emptyDatabaseIn } from '../support/embedded-database.ts';
import { linkRecord } from '../support/stream-records.ts';

describe('contrail redrive', function () {
  this.timeout(300_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-redrive-'));
    await emptyDatabaseIn(join(folder, 'database'));
  });

  after(() => rm(folder, { recursive: true }));

  const contrail = (...args: readonly string[]) =>
    run([...BUNDLED_CONTRAIL, 'redrive', ...args], '', {
      cwd: folder,
      env: { BACKEND: 'postgres', DATABASE_URL: 'pglite:database' },
    });

  it('given a batch in a file, then it says what it would do, does it with --yes, and what stays is told', async () => {
    const payload = JSON.stringify({ Records: [linkRecord('1', '172'), linkRecord('2', '172')] });
    await writeFile(join(folder, 'batch'), `${JSON.stringify({ payload })}\n`);
    const report = async (...args: readonly string[]) => {
      const { status, out, err } = await contrail('batch', '--report', 'json', ...args);
      const { messages, done, failed, rows, dryRun, stopped } = JSON.parse(out) as Record<string, unknown>;
      return {
        status,
        err: err.replace(/^contrail: there is no contrail.config.ts.*\n/, ''),
        messages,
        done,
        failed,
        rows,
        dryRun,
        stopped,
      };
    };
    const dry = {
      status: 0,
      err: '',
      messages: 2,
      done: 2,
      failed: 0,
      rows: 2,
      dryRun: true,
      stopped: false,
    };
    expect(await report()).to.deep.equal(dry);
    expect(await report('--yes')).to.deep.equal({ ...dry, dryRun: false });
    await writeFile(join(folder, 'batch'), 'nonsense\n');
    const { status, out } = await contrail('batch', '--yes');
    expect(status).to.equal(1);
    expect(out)
      .to.match(/^stays: batch:1: expected /m)
      .and.to.match(/^done 0, failed 1$/m);
  });

  it('given a bucket, or a queue beside a file, then it says in one line what to give, with status 2', async () => {
    for (const [args, why] of [
      [['s3://bucket/aws'], /aws s3 sync s3:\/\/bucket\/aws FOLDER/],
      [['quarantine', 'batch'], /redrive a queue by itself/],
      [['https://sqs.eu-central-1.amazonaws.com/1/q'], /redrive it with BACKEND=aws/],
      [['nothing-there'], /cannot read nothing-there/],
    ] as const) {
      const { status, err } = await contrail(...args);
      expect(status).to.equal(2);
      expect(err.trimEnd().split('\n').at(-1)).to.match(why);
    }
  });
});
