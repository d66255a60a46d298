import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { unzipSync } from 'fflate';
import { BUNDLED_CONTRAIL } from '../../support/bundled-contrail.ts';
import { CONTRAIL, run as runNode } from '../../support/command-line.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders';
const QUEUE = 'arn:aws:sqs:eu-central-1:111122223333:search.fifo';
const STATE_TABLE = 'arn:aws:dynamodb:eu-central-1:111122223333:table/state';
const ARNS = [
  ...['--stream', `${TABLE}/stream/2026-01-05T09:00:00.000`],
  ...['--state-table', STATE_TABLE],
  ...['--search-queue', QUEUE],
];

/** Makes esbuild one that is not installed. */
const WITHOUT_ESBUILD = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module';
  register('data:text/javascript,' + encodeURIComponent(\`
    export async function resolve(specifier, context, next) {
      if (specifier !== 'esbuild') return next(specifier, context);
      throw Object.assign(new Error('no esbuild'), { code: 'ERR_MODULE_NOT_FOUND' });
    }\`));`)}`;

const DEFINITION = (kinds: number) => `
  import { defineTable, documents, row } from 'contrail';
  const rows = Object.fromEntries(Array.from({ length: ${kinds} }, (_, index) =>
    ['kind' + index, row({ PK: 'KIND' + index + '#<id>', SK: 'DATA' + index })]));
  export default defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows,
    derive: Object.fromEntries(Object.entries(rows).map(([name, one]) =>
      [name + '_search', documents(one, { collection: name, fields: ['name'] })])),
  });`;

describe('the commands for deploying a definition', function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    await writeFile(join(folder, 'few.js'), DEFINITION(3));
    await writeFile(join(folder, 'many.js'), DEFINITION(7));
    await writeFile(join(folder, 'bad.js'), `export default 1;`);
  });

  after(() => rm(folder, { recursive: true }));

  // Where esbuild is found depends on where the command is.
  const run = (command: string, ...args: string[]) =>
    runNode([...(command === 'build' ? CONTRAIL : BUNDLED_CONTRAIL), command, ...args], '', { cwd: folder });

  it('given few kinds of rows, then each has a filter, and nothing is said', async () => {
    const { out, err, status } = await run('filters', '--definition', 'few.js');
    const { Filters } = JSON.parse(out) as { Filters: readonly { Pattern: string }[] };
    expect(Filters.map(({ Pattern }) => JSON.parse(Pattern) as unknown)).to.deep.equal(
      [0, 1, 2].map((index) => ({
        dynamodb: { Keys: { PK: { S: [{ prefix: `KIND${index}#` }] }, SK: { S: [`DATA${index}`] } } },
      })),
    );
    expect({ err, status }).to.deep.equal({ err: '', status: 0 });
  });

  it('given more kinds than filters, then some are merged, and it says which rows pass needlessly', async () => {
    const { out, err, status } = await run('filters', '--definition', 'many.js');
    expect((JSON.parse(out) as { Filters: unknown[] }).Filters).to.have.lengthOf(5);
    expect(err).to.equal(`contrail: these rows pass needlessly; the worker ignores them:
- PK beginning with "KIND5#" with SK "DATA6"
- PK beginning with "KIND6#" with SK "DATA5"
- PK beginning with "KIND3#" with SK "DATA4"
- PK beginning with "KIND4#" with SK "DATA3"
`);
    expect(status).to.equal(0);
    expect(await run('filters', '--definition', 'many.js', '--most', '10')).to.deep.include({
      err: '',
      status: 0,
    });
  });

  it('given all resources, then the policy is printed as JSON', async () => {
    const { out, err, status } = await run('policy', '--definition', 'few.js', ...ARNS);
    expect({ err, status }).to.deep.equal({ err: '', status: 0 });
    const { Version, Statement } = JSON.parse(out) as { Version: string; Statement: { Sid: string }[] };
    expect(Version).to.equal('2012-10-17');
    expect(Statement.map(({ Sid }) => Sid)).to.deep.equal([
      'ReadStream',
      'FindStream',
      'KeepState',
      'SendSearchActions',
    ]);
  });

  it('given --indexer, then the policy is that of an indexer, and what it lacks is named', async () => {
    const secret = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:search-AbCdEf';
    const args = ['policy', '--definition', 'few.js', '--indexer'] as const;
    const { out, err, status } = await run(...args, ...ARNS, '--key-secret', secret);
    expect({ err, status }).to.deep.equal({ err: '', status: 0 });
    const { Version, Statement } = JSON.parse(out) as {
      Version: string;
      Statement: { Sid: string; Resource: string }[];
    };
    expect(Version).to.equal('2012-10-17');
    expect(Statement.map(({ Sid, Resource }) => `${Sid} ${Resource}`)).to.deep.equal([
      `ReceiveActions ${QUEUE}`,
      `ReadRows ${TABLE}`,
      `KeepFences ${STATE_TABLE}`,
      `GiveActionsBack ${QUEUE}`,
      `ReadKey ${secret}`,
    ]);
    const lacking = await run(...args, '--key-secret', 'search');
    expect(lacking.err)
      .to.include('--table is missing: the ARN of the table')
      .and.include('--state-table is missing')
      .and.include('--search-queue is missing: the ARN of the queue that search actions come from')
      .and.include('--key-secret "search" is no ARN of a secret');
    expect({ out: lacking.out, status: lacking.status }).to.deep.equal({ out: '', status: 2 });
  });

  it('given --consume, then the policy is that of a reader, of one stream or of whichever the table has', async () => {
    const args = ['policy', '--definition', 'few.js', '--consume'] as const;
    const statements = ({ out, err, status }: Awaited<ReturnType<typeof run>>) => {
      expect({ err, status }).to.deep.equal({ err: '', status: 0 });
      const { Statement } = JSON.parse(out) as { Statement: { Sid: string; Resource: string }[] };
      return Statement.map(({ Sid, Resource }) => `${Sid} ${Resource}`);
    };
    const others = [`KeepShards ${STATE_TABLE}`, `KeepState ${STATE_TABLE}`, `SendSearchActions ${QUEUE}`];
    expect(statements(await run(...args, ...ARNS))).to.deep.equal([
      `ReadStream ${TABLE}/stream/2026-01-05T09:00:00.000`,
      ...others,
    ]);
    expect(statements(await run(...args, '--table', TABLE, ...ARNS.slice(2)))).to.deep.equal([
      `ReadStream ${TABLE}/stream/*`,
      `FindStream ${TABLE}`,
      ...others,
    ]);
    const lacking = await run(...args);
    expect(lacking.err)
      .to.include('--table is missing: the ARN of the table')
      .and.include('--state-table is missing')
      .and.include('--search-queue is missing');
    const both = await run(...args, '--indexer', ...ARNS);
    expect(both.err).to.include('both --indexer and --consume are given');
    expect([lacking.status, both.status]).to.deep.equal([2, 2]);
  });

  it('given several tables that rows are derived into, then the policy has each of them', async () => {
    await writeFile(
      join(folder, 'rows.js'),
      `import { defineTable, row, rows } from 'contrail';
       const order = row({ PK: 'ORDER#<id>', SK: 'DATA' });
       const of = ({ key }) => [{ key: { PK: 'LOG#' + key.id, SK: 'DATA' } }];
       export default defineTable({ keys: { partition: 'PK', sort: 'SK' }, rows: { order }, derive: { log: rows(order, { of }) } });`,
    );
    const others = ['--rows-in', `${TABLE}=LOG#*`, '--rows-in', `${TABLE}-log`];
    const { out, err, status } = await run(
      'policy',
      '--definition',
      'rows.js',
      ...ARNS.slice(0, 4),
      ...others,
    );
    expect({ err, status }).to.deep.equal({ err: '', status: 0 });
    expect(out).to.contain('"LOG#*"').and.to.contain(`"${TABLE}-log"`);
  });

  it('given a resource that is missing, then its option is named, and the exit status is 2', async () => {
    const { out, err, status } = await run('policy', '--definition', 'few.js', ...ARNS.slice(0, 4));
    expect(err).to.match(
      /^contrail: --search-queue is missing: the ARN of the queue that search actions go to\n$/,
    );
    expect({ out, status }).to.deep.equal({ out: '', status: 2 });
  });

  it('given a definition, then its zip file is written, and its handler is said', async () => {
    const { out, err, status } = await run('build', '--definition', 'few.js', '--out', 'few.zip');
    expect(out).to.match(/^few\.zip: \d+\.\d kB, handler index\.handler\n$/);
    expect({ err, status }).to.deep.equal({ err: '', status: 0 });
    const files = Object.keys(unzipSync(await readFile(join(folder, 'few.zip'))));
    expect(files).to.include('index.mjs').and.to.include('index.mjs.map');
  });

  it('given no esbuild, then it says how to install it, and the exit status is 2', async () => {
    const args = [
      '--no-warnings',
      '--import',
      WITHOUT_ESBUILD,
      ...CONTRAIL,
      'build',
      '--definition',
      'few.js',
    ];
    const { out, err, status } = await runNode(args, '', { cwd: folder });
    expect(err).to.equal(
      'contrail: esbuild is not installed, and bundling needs it: run npm install --save-dev esbuild\n',
    );
    expect({ out, status }).to.deep.equal({ out: '', status: 2 });
  });

  it('given a folder that is not there, then writing fails with exit status 1', async () => {
    const { err, status } = await run('build', '--definition', 'few.js', '--out', 'none/few.zip');
    expect(err).to.match(/^contrail: cannot write none\/few\.zip: ENOENT/);
    expect(status).to.equal(1);
  });

  it('given no definition, then it is said that the fleet’s is taken', async () => {
    const { out, err, status } = await run('filters');
    expect(out).to.contain('AIRCRAFT#REGISTRY#FAA');
    expect(err).to.match(
      /^contrail: there is no contrail\.config\.ts in this folder, so this is of an aircraft fleet: /,
    );
    expect(status).to.equal(0);
  });

  for (const command of ['build', 'filters', 'policy'])
    for (const [what, file, message] of [
      ['no such file', 'none.js', /there is no definition file "none\.js"/],
      ['a bad definition', 'bad.js', /bad\.js exports a number as its default, which is no definition/],
    ] as const)
      it(`given ${what}, when ${command} is called, then it says so and exits with 2`, async () => {
        const { out, err, status } = await run(command, '--definition', file);
        expect(err).to.match(message);
        expect({ out, status }).to.deep.equal({ out: '', status: 2 });
      });
});
