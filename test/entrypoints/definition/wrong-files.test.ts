import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CONTRAIL, type Finished, run } from '../../support/command-line.ts';

const PRODUCTS = new URL('../../../examples/by-id/products.ndjson', import.meta.url).pathname;

/** A definition whose effect runs this code for each product. */
const effectOf = (code: string) => `
import { defineTable, effect, row } from 'contrail';
const product = row({ id: 'p-<product>' });
const run = async ({ key }) => { ${code} };
export default defineTable({ keys: { partition: 'id' }, rows: { product }, derive: { ping: effect(product, { run }) } });`;

describe('the command line, given code that does what it must not', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'contrail-')));
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function replayed(code: string): Promise<Finished> {
    await writeFile(join(folder, 'a.ts'), code);
    return run([...CONTRAIL, 'replay', PRODUCTS, '--definition', 'a.ts'], '', { cwd: folder });
  }

  for (const [what, code, message] of [
    [
      'that waits for what never comes',
      'await new Promise(() => undefined); export default 1',
      'contrail: a.ts: it waits for what never comes: look at what is awaited at its top level, or in what it imports',
    ],
    ...[
      'process.exit(0)',
      'process.exit(3)',
      'setTimeout(() => process.exit(), 5); await new Promise(() => 1)',
    ].map((ends) => [
      `that ends the process: ${ends}`,
      `${ends}; export default 1`,
      'contrail: a.ts ended the process with process.exit when it was loaded: let it export a definition, and do nothing else',
    ]),
    [
      'that imports a package which is not there',
      "\nimport a from 'no-such-package'; export default a",
      "contrail: a.ts imports what is not there, in line 2: Cannot find module 'no-such-package': install the package, or correct the import",
    ],
    [
      'that throws an error of another realm',
      "import vm from 'node:vm'; throw vm.runInNewContext('new TypeError(\"odd\")')",
      'contrail: a.ts threw odd when it was loaded: correct it',
    ],
    ['that throws an object', 'throw {}', 'contrail: a.ts threw an object when it was loaded: correct it'],
    [
      'that imports what contrail does not export',
      "import { nope } from 'contrail';\nexport default nope",
      'contrail: a.ts threw when it was loaded, in line 2: nope is not exported by contrail: correct it',
    ],
  ] as const)
    it(`given a file ${what}, then it says so, and exits with 2`, async () => {
      expect(await replayed(code)).to.deep.equal({ out: '', err: `${message}\n`, status: 2 });
    });

  for (const ends of ['process.exit()', 'setTimeout(() => process.exit(0), 5); await new Promise(() => 1)'])
    it(`given an effect that ends the process: ${ends}, then it says where, and exits with 1`, async () => {
      expect(await replayed(effectOf(ends))).to.deep.equal({
        out: '',
        err: `contrail: code of the definition ended the process with process.exit, in line 4 of ${join(folder, 'a.ts')}, and so nothing is reported: throw an error where something is wrong\n`,
        status: 1,
      });
    });

  for (const [what, code] of [
    ['leaves a promise that is rejected', "Promise.reject(new Error('boom'));"],
    ['throws in a callback', "setTimeout(() => { throw new Error('boom') }, 0);"],
  ] as const)
    it(`given an effect that ${what}, then it says so once, goes on to the report, and exits with 1`, async () => {
      const { out, err, status } = await replayed(
        effectOf(`${code} await new Promise((resolve) => setTimeout(resolve, 20));`),
      );
      expect(err).to.equal(
        `contrail: code failed that nobody waits for, a promise without await or a callback: boom, in line 4 of ${join(folder, 'a.ts')}: await it in the effect or the file that begins it\n`,
      );
      expect(out).to.contain('\neffects         7 run');
      expect(status).to.equal(1);
    });
});
