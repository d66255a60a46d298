import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';

const DEFINITION = (fields: string) => `
  import { defineTable, documents, row } from 'contrail';
  const product = row({ id: '<id>' });
  export default defineTable({
    keys: { partition: 'id' },
    rows: { product },
    derive: { product_search: documents(product, { collection: 'products', fields: ${fields} }) },
  });`;

describe('contrail simulate', function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    await writeFile(join(folder, 'right.mts'), DEFINITION("['name', 'price']"));
    await writeFile(join(folder, 'impure.mts'), DEFINITION('() => ({ at: performance.now() })'));
    await writeFile(join(folder, 'exits.mts'), DEFINITION('\n      () => process.exit(0)'));
    await writeFile(join(folder, 'rows.json'), JSON.stringify({ product: [{ name: 'Pen', price: 1 }] }));
    await writeFile(join(folder, 'none.json'), '[1,');
  });

  after(() => rm(folder, { recursive: true }));

  const simulate = (...args: readonly string[]) =>
    run([...BUNDLED_CONTRAIL, 'simulate', ...args], '', { cwd: folder });

  it('given a definition that is right, then it says what happened, and the status is 0', async () => {
    const { out, err, status } = await simulate(
      '--definition',
      'right.mts',
      '--seeds',
      '5',
      '--rows',
      'rows.json',
      '--unique',
      'product:id',
    );
    expect(err).to.equal('');
    expect(out).to.match(/^5 worlds in [\d.]+ s: everything held\n/);
    expect(status).to.equal(0);
  });

  it('given --report json, then that is all on standard output', async () => {
    const { out, status } = await simulate('--definition', 'right.mts', '--seeds', '2', '--report', 'json');
    const report = JSON.parse(out) as { ok: boolean; seeds: number; records: number };
    expect(report).to.include({ ok: true, seeds: 2 });
    expect(report.records).to.be.above(0);
    expect(status).to.equal(0);
  });

  it('given a function that ends the process, then it says so with its place, and the status is 1', async () => {
    const { out, err, status } = await simulate('--definition', 'exits.mts', '--seeds', '2');
    expect(out).to.equal('');
    expect(err).to.match(
      /^contrail: code of the definition ended the process with process\.exit, in line 8 of .*exits\.mts, and so nothing is reported: /,
    );
    expect(status).to.equal(1);
  });

  it('given a mistake of the definition, then it is said, and the status is 1', async () => {
    const { out, status } = await simulate('--definition', 'impure.mts', '--seeds', '2');
    expect(out).to.include('fields of the derivation product_search is not pure');
    expect(status).to.equal(1);
  });

  it('given unique parts that are none, then they are named, and the status is 2', async () => {
    const { err, status } = await simulate('--definition', 'right.mts', '--unique', 'product:ean');
    expect(err).to.equal('contrail: unique: product: ean is no part of its key; there are id\n');
    expect(status).to.equal(2);
  });

  it('given samples that are none, then the file is named, and the status is 2', async () => {
    const { err, status } = await simulate('--definition', 'right.mts', '--rows', 'none.json');
    expect(err).to.match(/^contrail: --rows none\.json: /);
    expect(status).to.equal(2);
  });
});
