import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { build, type Format } from 'esbuild';
import { unzipSync } from 'fflate';
import ts from 'typescript';
import { makeRelease } from '../../deploy/release/release.ts';
import { Fault } from '../../src/domain/fault.ts';
import { VERSION } from '../../src/entrypoints/package-version.ts';
import { resolve } from '../deploy/support/resolve.ts';
import { parseTemplate, readTemplate } from '../deploy/support/template.ts';
import { NODE } from '../lambda/lambda-function.ts';
import { type ChildOptions, run } from '../support/command-line.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { PackedPackage, ROOT, sourcesIn } from './installed.ts';

const execute = promisify(execFile);

const DEFINITION = `
import { defineTable, documents, row } from 'contrail';
const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: { found: documents(order, { collection: 'orders', fields: ['status'] }) },
});
`;

const HANDLER = `
import { createHandler } from 'contrail';
import definition from './contrail.config.js';

export const handler = createHandler(definition);
`;

/** Calls the handler of a module twice, with an event and with a wrong one, and prints what comes. */
const CALL = (module: string) => `
import { handler } from ${JSON.stringify(module)};
const keys = { PK: { S: 'CUSTOMER#anna' }, SK: { S: 'ORDER#1' } };
const dynamodb = { Keys: keys, NewImage: { ...keys, status: { S: 'paid' } }, SequenceNumber: '100' };
const answers = await Promise.allSettled([{ Records: [{ eventName: 'INSERT', dynamodb }] }, {}].map((event) => handler(event)));
process.stdout.write(JSON.stringify(answers.map(({ value, reason }) => value ?? reason.message)));
`;

const IN_MEMORY = { BACKEND: 'memory', LOG_LEVEL: 'silent' };

describe('the package', function () {
  this.timeout(120_000);
  let packed: PackedPackage;
  let project: string;

  before(async () => {
    packed = await PackedPackage.release();
    project = await packed.install('project', { others: ['@types/node'] });
    await cp(join(ROOT, 'examples', 'shop', 'orders.ndjson'), join(project, 'orders.ndjson'));
    await writeFile(join(project, 'contrail.config.js'), DEFINITION);
    await writeFile(join(project, 'handler.js'), HANDLER);
  });

  after(() => packed.remove());

  const node = (script: string, options: ChildOptions = {}) =>
    run(['--input-type=module', '--eval', script], '', { cwd: project, ...options });

  const npx = (...args: string[]) =>
    execute('npx', ['--no', '--offline', 'contrail', ...args], { cwd: project });

  /** The same without npx, which takes a second by itself. */
  const contrail = (...args: string[]) =>
    execute(process.execPath, [join('node_modules', '.bin', 'contrail'), ...args], { cwd: project });

  it('given its files, then there is what a user needs and nothing else', async () => {
    const others = packed.files.filter((file) => !file.startsWith('dist/'));
    expect(others).to.have.members([
      ...['package.json', 'README.md', 'CHANGELOG.md', 'GUARANTEES.md', 'LICENSE', 'bin/contrail.js'],
      // What its pages link to, beside these.
      ...['CONTRIBUTING.md', 'deploy/README.md', 'deploy/template.yaml', 'test/simulation/mutants/README.md'],
      // What a project's image is made of.
      ...['deploy/container/.dockerignore', 'deploy/container/Dockerfile'],
      ...(await readdir(join(ROOT, 'bench', 'plots'))).map((file) => `bench/plots/${file}`),
      ...(await sourcesIn('docs')).map((file) => `docs/${file}`),
      ...(await sourcesIn('examples'))
        .filter((file) => file !== 'tsconfig.json')
        .map((file) => `examples/${file}`),
    ]);
    const sources = (await sourcesIn('src'))
      .filter((file) => !file.endsWith('.d.ts'))
      .map((file) => `dist/${file.replace(/\.ts$/, '')}`);
    expect(packed.files.filter((file) => file.startsWith('dist/'))).to.have.members(
      sources.flatMap((file) => [`${file}.js`, `${file}.d.ts`]),
    );
  });

  it('given what package.json names, then it is in the package, with types', () => {
    const named = Object.values(packed.json.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : [entry['types'], entry['default']],
    );
    for (const file of [...named, ...Object.values(packed.json.bin)])
      expect(packed.files, file).to.include(file?.replace('./', ''));
  });

  it('given all that it imports, then its dependencies are those packages', async () => {
    const own = join(project, 'node_modules', 'contrail');
    const entries = ['index', 'testing', 'adapters', 'entrypoints/cli/main', 'entrypoints/lambda/handler'];
    const used = await packagesFrom(entries.map((entry) => join(own, 'dist', `${entry}.js`)));
    // Inversify asks those who use it for it.
    // What bundles are made of is resolved by whoever bundles.
    const bundled = ['@aws-sdk/credential-provider-env', 'logform'];
    expect([...used, ...bundled, 'reflect-metadata']).to.have.members([
      ...Object.keys(packed.json.dependencies),
      // Only for contrail build and for PostgreSQL, which say so where they are missing.
      ...Object.keys(packed.json.peerDependencies),
    ]);
    const typed = await packagesFrom(entries.slice(0, 3).map((entry) => join(own, 'dist', `${entry}.d.ts`)));
    expect(Object.keys(packed.json.dependencies)).to.include.members(typed);
  });

  it('given PostgreSQL without its packages, when replayed, then it says which to install, in one line', async () => {
    const replay = [
      join('node_modules', '.bin', 'contrail'),
      'replay',
      'orders.ndjson',
      '--backend',
      'postgres',
    ];
    for (const [name, env] of [
      ['@electric-sql/pglite', {}],
      ['pg', { DATABASE_URL: 'postgres://app@127.0.0.1:1/app' }],
    ] as const) {
      const { status, out, err } = await run(replay, '', { cwd: project, env });
      expect({ status, out, err }).to.deep.equal({
        ...{ status: 2, out: '' },
        err: `contrail: the package ${name} cannot be loaded: run npm install ${name}\n`,
      });
    }
  });

  it('given its version, then the code says the same, and the changelog has it', async () => {
    expect(VERSION).to.equal(packed.json.version);
    expect((await contrail('--version')).stdout).to.equal(`${VERSION}\n`);
    const changelog = await readFile(join(project, 'node_modules', 'contrail', 'CHANGELOG.md'), 'utf8');
    expect(changelog).to.contain(`\n## ${VERSION}\n`);
  });

  it('given its release, then it is listed with sizes and digests, and nothing else is there', async () => {
    const { files, ...about } = packed.contents;
    expect(about).to.deep.equal({ name: 'contrail', version: VERSION });
    expect(await readdir(packed.out)).to.have.members([...files.map(({ file }) => file), 'contents.json']);
    const listed = await readFile(join(packed.out, 'contents.json'), 'utf8');
    expect(JSON.parse(listed)).to.deep.equal(packed.contents);
    for (const { file, bytes, sha256 } of files) {
      const content = await readFile(join(packed.out, file));
      expect({ bytes, sha256 }, file).to.deep.equal({
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      });
    }
    expect(
      files.map(({ file }) => file.replaceAll(VERSION, 'V').replace(/\b[0-9a-f]{16}\b/, 'D')),
    ).to.deep.equal([
      ...[
        'contrail-V.tgz',
        'contrail-lambda-V-D.zip',
        'contrail-lambda-V.cdx.json',
        'contrail-V.template.yaml',
      ],
    ]);
    const again = await makeRelease(ROOT, packed.out).catch((error: unknown) => error);
    expect(again)
      .to.be.instanceOf(Fault)
      .and.to.have.property('message')
      .that.matches(/is not empty/);
  });

  it('given its template, then the function is its zip file, by a name that tells the version and the content', async () => {
    const [, zip, bill, template] = packed.contents.files;
    const released = parseTemplate(await readFile(join(packed.out, template!.file), 'utf8'));
    const values = { NewTableName: 'aircraft', CodeBucket: 'artefacts' };
    const { Worker } = resolve(released, values).resources;
    expect(Worker!.Properties).to.deep.include({
      CodeUri: { Bucket: 'artefacts', Key: zip!.file },
      Handler: 'handler.handler',
    });
    const below = resolve(released, { ...values, CodePrefix: 'contrail/' }).resources['Worker'];
    expect(below!.Properties['CodeUri']).to.include({ Key: `contrail/${zip!.file}` });
    expect(zip!.file).to.contain(`-${VERSION}-${zip!.sha256.slice(0, 16)}.zip`);
    const own = resolve(readTemplate(), { NewTableName: 'aircraft' }).resources;
    expect({ ...Worker, Properties: { ...Worker!.Properties, CodeUri: 0 } }).to.deep.equal({
      ...own['Worker'],
      Properties: { ...own['Worker']!.Properties, CodeUri: 0 },
    });
    const files = unzipSync(await readFile(join(packed.out, zip!.file)));
    expect(files).to.include.keys('handler.mjs', 'LICENCES.txt', 'bom.cdx.json');
    expect(await readFile(join(packed.out, bill!.file))).to.deep.equal(Buffer.from(files['bom.cdx.json']!));
  });

  it('given a definition in JavaScript, when npx contrail replays, then it is found by its name', async () => {
    const { stdout } = await npx('replay', 'orders.ndjson', '--verify', '--state', 'state.json');
    expect(stdout)
      .to.match(/documents +\d+ items compared, drift 0\n/)
      .and.to.contain('no failures');
    const state = JSON.parse(await readFile(join(project, 'state.json'), 'utf8')) as {
      search: { orders: Readonly<Record<string, unknown>> };
    };
    expect(state.search.orders['anna:2026-001']).to.deep.equal({ id: 'anna:2026-001', status: 'shipped' });
    expect((await contrail('--help')).stdout).to.contain('replay');
  });

  it('given a definition in TypeScript, then it compiles under --strict, is loaded as it is, and mistakes do not compile', async () => {
    const example = await readFile(join(ROOT, 'examples', 'shop', 'contrail.config.ts'), 'utf8');
    await writeFile(join(project, 'shop.ts'), example);
    const wrong = `
      import { counts, createHandler, Decimal, documents, Fault, row, SearchQueue, type TableDefinition } from 'contrail';
      import { SqsSearchQueue } from 'contrail/adapters';
      import { createMemoryWorker, including, testing } from 'contrail/testing';
      import shop from './shop.js';
      const definition: TableDefinition = shop;
      createHandler(definition) satisfies (event: unknown) => Promise<{ readonly batchItemFailures: readonly unknown[] }>;
      createMemoryWorker({ definition }).state.counts() satisfies AsyncIterable<{ readonly count: Decimal }>;
      const { given, rows } = testing(shop);
      const key = { customer: 'anna', order: '1' };
      given(rows.order(key, { status: 'paid', total: 1, placed_at: '' })).then({
        counts: { spend: [{ customer: 'anna', spent: 1 }] },
        pointers: { latest: including([{ ...key, status: 'paid' }]) },
      }) satisfies Promise<{ readonly failures: readonly { readonly message: string }[] }>;
      // @ts-expect-error
      rows.order({ customr: 'anna', order: '1' }, { status: 'paid', total: 1, placed_at: '' });
      // @ts-expect-error
      given().then({ counts: { spnd: [] } });
      new Fault('configuration', 'text').kind satisfies string;
      SqsSearchQueue satisfies abstract new (...options: never[]) => SearchQueue;
      const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<{ status: string; total: number }>();
      documents(order, { collection: 'orders', id: ['order'], fields: ({ key, attributes }) => ({ of: key.customer, total: attributes.total }) });
      // @ts-expect-error
      documents(order, { collection: 'orders', fields: ['state'] });
      // @ts-expect-error
      documents(order, { collection: 'orders', id: ['customr'], fields: ['status'] });
      // @ts-expect-error
      counts(order, { by: ['status'], at: { PK: 'STATUS', SK: '<state>' } });
      // @ts-expect-error
      createHandler({});`;
    await writeFile(join(project, 'wrong.ts'), wrong);
    expect(compile([join(project, 'shop.ts'), join(project, 'wrong.ts')])).to.deep.equal([]);
    const { stdout } = await contrail('replay', 'orders.ndjson', '--verify', '--definition', 'shop.ts');
    expect(stdout)
      .to.match(/counts +[1-9]\d* items compared, drift 0\n/)
      .and.to.contain('no failures');
  });

  describe('given a new project, as the README sets it up', () => {
    let folder: string;
    let readme: string;

    before(async () => {
      readme = await readFile(join(ROOT, 'README.md'), 'utf8');
      folder = await packed.install('readme', { others: ['@types/node', 'esbuild', 'tsx'] });
      for (const [, file = '', content = ''] of readme.matchAll(/^```(?:ts|json) ([\w.]+)\n([^]*?)^```$/gm))
        await writeFile(join(folder, file), content);
      await cp(join(ROOT, 'examples', 'by-id', 'products.ndjson'), join(folder, 'changes.ndjson'));
    });

    const inFolder = (...args: string[]) =>
      run([join('node_modules', '.bin', 'contrail'), ...args], '', { cwd: folder });

    it('then its files compile with its tsconfig.json', () => {
      const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), (path) =>
        ts.sys.readFile(path),
      ) as {
        readonly config: object;
      };
      const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
      expect(errors).to.deep.equal([]);
      expect(fileNames.map((path) => basename(path))).to.have.members([
        'contrail.config.ts',
        'handler.ts',
        'products.test.ts',
      ]);
      const found = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
      expect(
        found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
      ).to.deep.equal([]);
    });

    it('then its commands do what it says', async () => {
      const replayed = await inFolder('replay', 'changes.ndjson', '--verify');
      expect(replayed).to.deep.include({ err: '', status: 0 });
      expect(replayed.out).to.match(/^documents +3 items compared, drift 0$/m);
      const built = await inFolder('build', '--out', 'contrail.zip');
      expect(built).to.deep.include({ err: '', status: 0 });
      const table = 'arn:aws:dynamodb:eu-central-1:111122223333:table/products';
      const arns = ['--stream', `${table}/stream/2026-01-05T09:00:00.000`, '--state-table', `${table}-state`];
      const queue = 'arn:aws:sqs:eu-central-1:111122223333:products.fifo';
      const policy = await inFolder('policy', ...arns, '--search-queue', queue);
      expect(policy).to.deep.include({ err: '', status: 0 });
      const filters = await inFolder('filters');
      expect(JSON.parse(filters.out)).to.have.property('Filters').with.lengthOf(1);
    });

    it('then its test passes', async () => {
      const { out, status } = await run(['--import', 'tsx', '--test', 'products.test.ts'], '', {
        cwd: folder,
      });
      expect(out).to.match(/^# pass 1$/m);
      expect(status).to.equal(0);
    });

    it('then CommonJS may require it', async () => {
      expect(readme).to.contain("require('contrail')");
      const script = "const { defineTable } = require('contrail'); console.log(typeof defineTable);";
      const { out, status } = await run(['--input-type=commonjs', '--eval', script], '', { cwd: folder });
      expect({ out, status }).to.deep.equal({ out: 'function\n', status: 0 });
    });
  });

  describeUnless(
    existsSync(NODE) ? undefined : 'Lambda’s Node was not found: run npm ci --prefix test/lambda/ric',
    'under the Node that Lambda runs',
    () => {
      it('given definitions in TypeScript and JavaScript, when replayed, then both are loaded', async () => {
        await cp(join(ROOT, 'examples', 'shop', 'contrail.config.ts'), join(project, 'shop.mts'));
        const contrail = join('node_modules', '.bin', 'contrail');
        for (const definition of ['shop.mts', 'contrail.config.js']) {
          const args = [contrail, 'replay', 'orders.ndjson', '--verify', '--definition', definition];
          const { stdout } = await execute(NODE, args, { cwd: project });
          expect(stdout).to.contain('no failures');
        }
      });
    },
  );

  it('given a handler of four lines, when it is called, then it answers as Lambda expects', async () => {
    const { out, err } = await node(CALL('./handler.js'), { env: IN_MEMORY });
    expect(err).to.equal('');
    expect(JSON.parse(out)).to.deep.equal([{ batchItemFailures: [] }, expectedOfNoEvent]);
  });

  for (const format of ['cjs', 'esm'] satisfies Format[])
    it(`given a handler that is bundled, as ${format}, when it is called where no package is, then it answers`, async () => {
      const outfile = join(project, '..', `bundle.${format === 'cjs' ? 'cjs' : 'mjs'}`);
      const { warnings } = await build({
        ...{ absWorkingDir: project, entryPoints: ['handler.js'], outfile, format },
        ...{ bundle: true, platform: 'node', logLevel: 'silent' },
        ...(format === 'esm' && {
          banner: {
            js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
          },
        }),
      });
      expect(warnings).to.deep.equal([]);
      const { out, err } = await node(CALL(outfile), { env: IN_MEMORY, cwd: '/' });
      expect(err).to.equal('');
      expect(JSON.parse(out)).to.deep.equal([{ batchItemFailures: [] }, expectedOfNoEvent]);
    });

  it('given settings that are missing, then each invocation is told, and nothing else fails', async () => {
    const late = 'await new Promise((resolve) => setTimeout(resolve, 500));\nconst answers';
    const { out, err, status } = await node(CALL('./handler.js').replace('const answers', late));
    expect([err, status]).to.deep.equal(['', 0]);
    for (const message of JSON.parse(out) as string[])
      expect(message).to.contain('TABLE_NAME').and.to.contain('STATE_TABLE_NAME');
  });

  it('given settings and modules in code, then the handler goes by them', async () => {
    const { out, err } = await node(
      `
      import { createHandler, SearchQueue } from 'contrail';
      import { ContainerModule } from 'contrail/adapters';
      import definition from './contrail.config.js';
      class Printed extends SearchQueue {
        async send(actions) {
          for (const { key, document } of actions) console.log(key.id, document.status);
          return actions.map(() => 'done');
        }
      }
      const handler = createHandler(definition, {
        environment: { BACKEND: 'memory', LOG_LEVEL: 'silent' },
        modules: [new ContainerModule(({ rebind }) => void rebind(SearchQueue).toConstantValue(new Printed()))],
      });
      const keys = { PK: { S: 'CUSTOMER#anna' }, SK: { S: 'ORDER#1' } };
      const dynamodb = { Keys: keys, NewImage: { ...keys, status: { S: 'paid' } }, SequenceNumber: '100' };
      await handler({ Records: [{ eventName: 'INSERT', dynamodb }] });`,
    );
    expect({ out, err }).to.deep.equal({ out: 'anna:1 paid\n', err: '' });
  });

  it('given no definition, then createHandler says so at once', async () => {
    const { err, status } = await node(
      "import { createHandler } from 'contrail'; createHandler({ rows: {} })",
    );
    expect(status).to.equal(1);
    expect(err).to.contain('createHandler was given no definition: give it what defineTable(…) returns');
  });

  it('given a folder without the AWS SDK, then a table can be defined and a worker tried in memory', async () => {
    const cwd = await packed.install('small', { without: /^(?:@aws-sdk\/|electrodb$|jiti$|commander$)/ });
    await writeFile(join(cwd, 'contrail.config.js'), DEFINITION);
    const { out, err } = await node(
      `
      import definition from './contrail.config.js';
      import { createMemoryWorker } from 'contrail/testing';
      const { handler, state, drain } = createMemoryWorker({ definition, log: { level: 'error' } });
      const keys = { PK: { S: 'CUSTOMER#anna' }, SK: { S: 'ORDER#1' } };
      const dynamodb = { Keys: keys, NewImage: { ...keys, status: { S: 'paid' } }, SequenceNumber: '100' };
      await handler({ Records: [{ eventName: 'INSERT', dynamodb }] });
      drain();
      for await (const { key, fields } of state.documents()) console.log(key.id, fields.status);`,
      { cwd },
    );
    expect({ out, err }).to.deep.equal({ out: 'anna:1 paid\n', err: '' });
    const kit = await node(
      `
      import definition from './contrail.config.js';
      import { including, testing } from 'contrail/testing';
      const { given, rows } = testing(definition);
      const changed = given().when(rows.order({ customer: 'anna', order: '1' }, { status: 'paid' }), { times: 2 });
      const { sent } = await changed.then({ documents: { orders: { 'anna:1': including({ status: 'paid' }) } }, drift: [] });
      console.log(sent.join());
      await changed.then({ documents: { orders: {} } }).catch(({ name, message }) => console.log(name, message));
      try { rows.ordr; } catch ({ message }) { console.log(message); }`,
      { cwd },
    );
    expect(kit.err).to.equal('');
    expect(kit.out.trim().split('\n')).to.deep.equal([
      'upsert orders/anna:1',
      'AssertionError 1 difference from what is expected:',
      '- documents.orders anna:1 is not expected',
      'there is no kind of row ordr; there are order',
    ]);
  });
});

const expectedOfNoEvent =
  'the event has no array of Records: invoke this function from a DynamoDB Streams event source mapping';

/** The packages that files import, and the files that they import, and so on. */
async function packagesFrom(files: readonly string[]): Promise<readonly string[]> {
  const packages = new Set<string>();
  const seen = new Set(files);
  for (const file of seen)
    for (const { fileName } of ts.preProcessFile(await readFile(file, 'utf8'), true, true).importedFiles) {
      if (fileName.startsWith('.'))
        seen.add(join(file, '..', file.endsWith('.d.ts') ? fileName.replace(/\.ts$/, '.d.ts') : fileName));
      else if (!isBuiltin(fileName)) packages.add(/^(?:@[^/]+\/)?[^/]+/.exec(fileName)?.[0] ?? fileName);
    }
  return [...packages];
}

/** What the compiler has to say of files and of the package's declarations, by the strictest of its rules. */
function compile(files: readonly string[]): readonly string[] {
  const { NodeNext } = ts.ModuleKind;
  const program = ts.createProgram(files, {
    ...{ strict: true, noEmit: true, types: ['node'], target: ts.ScriptTarget.ES2023 },
    ...{ module: NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
    ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    ...{ typeRoots: [join(files[0] ?? '', '..', 'node_modules', '@types')] },
  });
  const checked = program
    .getSourceFiles()
    .filter(({ fileName }) => files.includes(fileName) || fileName.includes('/node_modules/contrail/'));
  expect(checked.length).to.be.above(files.length + 50);
  return checked
    .flatMap((file) => ts.getPreEmitDiagnostics(program, file))
    .map(
      ({ file, messageText }) =>
        `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
}
