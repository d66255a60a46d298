import { mkdtemp, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { Fault } from '../../../src/domain/fault.ts';
import { loadDefinition } from '../../../src/entrypoints/definition/load-definition.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import type * as Contrail from '../../../src/index.ts';

const GOOD = `
  import { defineTable, documents, row } from 'contrail';
  const order = row({ PK: 'ORDER#<order>' });
  export default defineTable({
    keys: { partition: 'PK' },
    rows: { order },
    derive: { NAME: documents(order, { collection: 'orders', fields: ['total'] }) },
  });`;

/** A good definition whose one derivation has this name. */
const named = (name: string) => GOOD.replace('NAME', name);

describe('loading a definition', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'contrail-')));
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function save(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
  }

  async function derivationIn(file?: string): Promise<string | undefined> {
    const { definition } = await loadDefinition(file, folder);
    return definition.model.documents[0]?.name;
  }

  async function problemOf(file: string, text: string): Promise<string> {
    await save({ [file]: text });
    try {
      await loadDefinition(file, folder);
    } catch (error) {
      if (!Fault.is(error)) throw error;
      expect(error.kind).to.equal('configuration');
      return error.message;
    }
    throw new Error('it was loaded');
  }

  it('given a folder without one, then it is the fleet', async () => {
    expect(await loadDefinition(undefined, folder)).to.deep.equal({ definition: fleet, file: undefined });
  });

  it('given several default files, then they are taken in their order, and files of other names never', async () => {
    const found: unknown[] = [];
    await save({ 'contrail.config.cjs': 'throw 1', 'contrail.config.json': '{' });
    for (const extension of ['mjs', 'js', 'mts', 'ts']) {
      await save({ [`contrail.config.${extension}`]: named(extension) });
      const { definition, file } = await loadDefinition(undefined, folder);
      found.push([definition.model.documents[0]?.name, file]);
    }
    expect(found).to.deep.equal(
      ['mjs', 'js', 'mts', 'ts'].map((extension) => [extension, `contrail.config.${extension}`]),
    );
  });

  it('given a file by name, then it is taken before the default one, from the current folder or anywhere', async () => {
    await save({
      'contrail.config.ts': named('standard'),
      'inner/other.mts': named('other'),
      'above.mts': named('above'),
    });
    expect(await derivationIn('inner/other.mts')).to.equal('other');
    expect(await derivationIn(join(folder, 'inner/other.mts'))).to.equal('other');
    const { file } = await loadDefinition('../above.mts', join(folder, 'inner'));
    expect(file).to.equal(join(folder, 'above.mts'));
  });

  it('given TypeScript that Node cannot run by itself, and imports of other files, then it is loaded', async () => {
    await save({
      'contrail.config.ts': `
        import type { TableDefinition } from 'contrail';
        import { table } from './tables/one.js';
        enum Kind { Order = 'order' }
        const definition: TableDefinition = await Promise.resolve(table(Kind.Order));
        export default definition satisfies TableDefinition;`,
      'tables/one.ts': `
        import { defineTable, documents, row } from 'contrail';
        export function table<const Name extends string>(name: Name) {
          const kind = row({ id: '<id>' });
          return defineTable({ keys: { partition: 'id' }, rows: { kind }, derive: { [name]: documents(kind, { collection: 'c', fields: [] }) } });
        }`,
    });
    expect(await derivationIn()).to.equal('order');
  });

  it('given plain JavaScript in a folder of CommonJS, then it is loaded', async () => {
    await save({
      'package.json': '{ "type": "commonjs" }',
      'contrail.config.js': named('module'),
      'required.cjs': `const { counts } = require('contrail');${named('required')
        .replace(/import (.*) from 'contrail'/, `const $1 = require('contrail')`)
        .replace('export default', 'module.exports =')}`,
    });
    expect(await derivationIn()).to.equal('module');
    expect(await derivationIn('required.cjs')).to.equal('required');
    await save({ 'required.js': await readFile(join(folder, 'required.cjs'), 'utf8') });
    expect(await derivationIn('required.js')).to.equal('required');
  });

  it('given an import of contrail, then it is the very library that runs', async () => {
    await save({
      'node_modules/contrail/package.json': '{ "name": "contrail", "version": "9.9.9", "main": "no.js" }',
      'contrail.config.ts': `
        import * as contrail from 'contrail';
        (globalThis as any).contrailOfDefinition = contrail;
        ${named('it')}`,
    });
    // Mocha loads tests by `require`, while the library is imported when a definition asks for it: all of it must be here.
    const imported = (path: string) => import(new URL(path, import.meta.url).href) as Promise<unknown>;
    const loading = (await imported('../../../src/entrypoints/definition/load-definition.ts')) as {
      readonly loadDefinition: typeof loadDefinition;
    };
    const contrail = (await imported('../../../src/index.ts')) as typeof Contrail;
    const fault = (await imported('../../../src/domain/fault.ts')) as Pick<typeof Contrail, 'Fault'>;
    await loading.loadDefinition(undefined, folder);
    const seen = (globalThis as { contrailOfDefinition?: typeof Contrail }).contrailOfDefinition;
    expect(seen?.defineTable).to.equal(contrail.defineTable).and.to.be.a('function');
    expect(seen?.Fault).to.equal(fault.Fault);
  });

  it('given no such file, a folder or an empty name, then it says so', async () => {
    for (const name of ['nowhere.ts', '.', '']) {
      const loading = loadDefinition(name, folder).catch((error: unknown) => error as Fault);
      expect(((await loading) as Fault).message).to.equal(
        `there is no definition file ${JSON.stringify(name)}: name a file whose default export is made by defineTable(…)`,
      );
    }
  });

  it('given a file that does not parse, then it says where', async () => {
    expect(await problemOf('a.ts', 'export default {\n  a: 1\n  b: 2\n}')).to.equal(
      'a.ts is no TypeScript or JavaScript: Unexpected token, expected "," in line 3: correct the line',
    );
    await save({ 'inner/b.ts': '\n\nconst = 1' });
    expect(await problemOf('a.ts', "import './inner/b.ts'")).to.equal(
      'a.ts is no TypeScript or JavaScript: Unexpected token in line 3 of inner/b.ts, which it imports: correct the line',
    );
  });

  it('given a file that throws, then it says what, and in which line', async () => {
    expect(await problemOf('a.ts', 'interface A {}\n\nthrow new Error("no such thing\\nor other")')).to.equal(
      'a.ts threw when it was loaded, in line 3: no such thing: correct it',
    );
    expect(await problemOf('b.mjs', '// one\nnothing.there')).to.equal(
      'b.mjs threw when it was loaded, in line 2: nothing is not defined: correct it',
    );
    expect(await problemOf('c.mjs', 'throw "text"')).to.equal(
      'c.mjs threw "text" when it was loaded: correct it',
    );
    expect(await problemOf('d.mjs', 'throw null')).to.equal(
      'd.mjs threw null when it was loaded: correct it',
    );
  });

  it('given an import of what is not there, then it says what', async () => {
    expect(await problemOf('a.ts', "import a from 'no-such-package'; export default a")).to.equal(
      "a.ts imports what is not there, in line 1: Cannot find module 'no-such-package': install the package, or correct the import",
    );
    expect(await problemOf('b.ts', "import a from './no/file.ts'; export default a")).to.equal(
      "b.ts imports what is not there, in line 1: Cannot find module './no/file.ts': install the package, or correct the import",
    );
  });

  it('given an import in another file of what is not there, then it names that file', async () => {
    await save({ 'inner/b.ts': "\n\nimport a from 'no-such-package'; export default a" });
    expect(await problemOf('a.ts', "import './inner/b.ts'")).to.equal(
      "a.ts imports what is not there, in line 3 of inner/b.ts, which it imports: Cannot find module 'no-such-package': install the package, or correct the import",
    );
  });

  it('given an import of what contrail does not export, then it says where that is used', async () => {
    expect(await problemOf('a.ts', "import { nope } from 'contrail';\nexport default nope")).to.equal(
      'a.ts threw when it was loaded, in line 2: nope is not exported by contrail: correct it',
    );
  });

  it('given a default export that is undefined, then it says so', async () => {
    expect(await problemOf('a.ts', "import { nope } from 'node:fs';\nexport default nope")).to.equal(
      'a.ts exports undefined as its default: write export default defineTable({ … })',
    );
  });

  it('given a file that is no program, then it says how it must be named', async () => {
    expect(await problemOf('orders.ndjson', '{}')).to.equal(
      'orders.ndjson is no TypeScript or JavaScript by its name: let it end in .ts, .mts, .js or .mjs',
    );
  });

  it('given a file that reads another which is not there, then it says which', async () => {
    const text = "import { readFileSync } from 'node:fs'; readFileSync('/no/such/file')";
    expect(await problemOf('a.ts', text)).to.equal(
      "a.ts threw when it was loaded, in line 1: ENOENT: no such file or directory, open '/no/such/file': correct it",
    );
  });

  it('given no default export, then it says so, and which export it could be', async () => {
    const write = 'write export default defineTable({ … })';
    expect(await problemOf('a.ts', 'export const a = 1')).to.equal(`a.ts has no default export: ${write}`);
    expect(await problemOf('b.ts', '')).to.equal(`b.ts has no default export: ${write}`);
    expect(await problemOf('c.ts', named('it').replace('export default', 'export const table ='))).to.equal(
      `c.ts exports its definition as table, not as its default: ${write}`,
    );
  });

  it('given something else as its default export, then it says what', async () => {
    const exported = {
      null: 'null',
      '[]': 'an array',
      '"text"': 'a string',
      '() => 1': 'a function',
      'Promise.resolve({})': 'a promise',
      '({})': 'an object',
      "({ is: 'row' })": 'one "row"',
      "({ is: 'table' })": 'one "table"',
    };
    for (const [index, [code, what]] of Object.entries(exported).entries())
      expect(await problemOf(`${index}.ts`, `export default ${code}`)).to.equal(
        `${index}.ts exports ${what} as its default, which is no definition: write export default defineTable({ … })`,
      );
    expect(await problemOf('spec.ts', 'export default { keys: {}, rows: {}, derive: {} }')).to.equal(
      'spec.ts exports a definition that is not made by defineTable: write export default defineTable({ … })',
    );
  });

  it('given a definition with problems, then it names the file, and each of them in a line of its own', async () => {
    const text = named('it')
      .replace("collection: 'orders'", "collection: 'o/rders'")
      .replace("'total'", "'id'");
    expect(await problemOf('a.ts', text)).to.match(
      /^a\.ts: the definition of the table has 2 problems:\n- derivation it: .*\n- derivation it: .*$/,
    );
  });
});
