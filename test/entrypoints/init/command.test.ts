import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CONTRAIL, run, runShell } from '../../support/command-line.ts';
import { range } from '../../support/range.ts';

const ROWS = range(30)
  .map(
    (n) =>
      `${JSON.stringify({ Item: { PK: { S: `CUSTOMER#${n}` }, SK: { S: 'PROFILE' }, name: { S: `N${n}` } } })}\n`,
  )
  .join('');

describe('contrail init', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-init-'));
    await writeFile(join(folder, 'rows.ndjson'), ROWS);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const init = (args: readonly string[], input = '') =>
    run([...CONTRAIL, 'init', ...args], input, { cwd: folder });

  it('given files that are there, then none is written over without --force, and nothing else is written', async () => {
    await writeFile(join(folder, 'handler.ts'), 'mine');
    const { err, status } = await init(['rows.ndjson']);
    expect(err).to.match(/^contrail: handler\.ts is there already in \.: /);
    expect(status).to.equal(2);
    expect(await readdir(folder)).to.have.members(['handler.ts', 'rows.ndjson']);
    expect((await init(['rows.ndjson', '--force'])).status).to.equal(0);
    expect(await readFile(join(folder, 'handler.ts'), 'utf8')).to.contain('createHandler');
  });

  it('given a package.json, then it stays as it is, with --force too', async () => {
    await writeFile(join(folder, 'package.json'), '{}');
    const { out, status } = await init(['rows.ndjson', '--force']);
    expect(status).to.equal(0);
    expect(out)
      .to.contain('package.json stays as it is')
      .and.not.match(/written to .*package\.json/);
    expect(await readFile(join(folder, 'package.json'), 'utf8')).to.equal('{}');
  });

  it('given kinds with other names, then the definition has these', async () => {
    const { status } = await init(['-', '--kind', 'customer=person', '--search', 'person'], ROWS);
    expect(status).to.equal(0);
    const text = await readFile(join(folder, 'contrail.config.ts'), 'utf8');
    expect(text).to.contain('const person = row(').and.to.contain('person_search: documents(person');
    expect(await readdir(join(folder, 'deployment'))).to.include('filters.json');
  });

  it('given --force where something was derived before, then no filters of that are left, and it says so', async () => {
    await init(['rows.ndjson', '--search', 'customer']);
    expect(await readdir(join(folder, 'deployment'))).to.include('filters.json');
    const { out } = await init(['rows.ndjson', '--force', '--yes']);
    expect(out).to.contain('deployment/filters.json was of another definition, and is removed.');
    expect(await readdir(join(folder, 'deployment'))).not.to.include('filters.json');
  });

  it('given a folder called like a package that it needs, then its own is called otherwise, and it says so', async () => {
    const { out } = await init(['rows.ndjson', '--out', 'contrail']);
    expect(out).to.contain('called contrail-definition: one that is called contrail cannot install contrail');
    const { name } = JSON.parse(await readFile(join(folder, 'contrail', 'package.json'), 'utf8')) as {
      readonly name: string;
    };
    expect(name).to.equal('contrail-definition');
    expect((await init(['rows.ndjson', '--out', 'shop'])).out).not.to.contain('called shop');
  });

  it('given nothing that is derived, then the script for filters says so, and leaves no file', async () => {
    await init(['rows.ndjson']);
    const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      readonly scripts: { readonly filters: string };
    };
    const args = scripts.filters.split(' ').slice(1);
    const { out, err, status } = await run([...CONTRAIL, ...args], '', { cwd: folder });
    expect({ out, status }).to.deep.equal({ out: '', status: 2 });
    expect(err).to.match(
      /^contrail: the definition derives nothing yet, and filters are .* add a derivation/,
    );
    expect(await readdir(join(folder, 'deployment'))).not.to.include('filters.json');
    await init(['rows.ndjson', '--force', '--search', 'customer']);
    const made = await readFile(join(folder, 'deployment', 'filters.json'), 'utf8');
    await rm(join(folder, 'deployment', 'filters.json'));
    expect((await run([...CONTRAIL, ...args], '', { cwd: folder })).status).to.equal(0);
    expect(await readFile(join(folder, 'deployment', 'filters.json'), 'utf8')).to.equal(made);
  });

  for (const out of ['rows.ndjson', join('rows.ndjson', 'x')])
    it(`given --out ${out}, which is no folder, then it says so before it reads, and exits with 2`, async () => {
      const { err, status } = await init(['none.json', '--out', out, '--force']);
      expect(err).to.equal(
        `contrail: --out is ${out}, and rows.ndjson is no folder: name a folder, which need not be there yet\n`,
      );
      expect(status).to.equal(2);
    });

  const refused: [string, readonly string[], string, RegExp][] = [
    ['neither table nor files', [], '', /name a table with --table, or files to read/],
    ['an unknown kind', ['-', '--kind', 'x'], ROWS, /there is no kind "x"; there are customer/],
    ['a name of the language', ['-', '--kind', 'customer=class'], ROWS, /class cannot be the name/],
    ['a name of the definition', ['-', '--kind', 'customer=row'], ROWS, /row cannot be the name/],
    ['an unknown attribute', ['-', '--count', 'customer:x'], ROWS, /there is no attribute of customer "x"/],
    ['a count of nothing', ['-', '--count', 'customer'], ROWS, /expected KIND:ATTRIBUTE/],
    ['what is no JSON', ['-'], 'a,b\n', /standard input:1: expected stream records/],
    ['an empty file', ['-'], '', /there are no rows in it/],
    ['rows without a known key', ['-'], '{"Item":{"a":{"S":"1"}}}', /name its attributes with --keys/],
    ['a file that is missing', ['none.json'], '', /cannot read none\.json/],
  ];
  for (const [what, args, input, message] of refused)
    it(`given ${what}, then it says so, writes nothing, and exits with 2`, async () => {
      const { err, status } = await init(args, input);
      expect(err)
        .to.match(/^contrail: /)
        .and.to.match(message);
      expect(status).to.equal(2);
      expect(await readdir(folder)).to.deep.equal(['rows.ndjson']);
    });

  it('given a line that is no row among others, then its place is said, the rest is used, and it exits with 1', async () => {
    const { out, status } = await init(['-'], `${ROWS}{"x":1}\n`);
    expect(out).to.contain('standard input:31: neither a row nor a stream record');
    expect(status).to.equal(1);
  });

  it('given a stream, a view type and names that do harm in a shell or on a terminal, then they stand nowhere', async () => {
    const record = (n: number) => ({
      eventSourceARN: 'x; touch harm',
      dynamodb: {
        StreamViewType: '\u001b[31m`touch harm`',
        Keys: { PK: { S: `CUSTOMER#${n}` } },
        NewImage: { PK: { S: `CUSTOMER#${n}` }, ...(n === 9 && { '\u001b[0m': { Q: 'x' } }) },
        SequenceNumber: String(n),
      },
    });
    const { out } = await init(
      ['-'],
      range(10)
        .map((n) => `${JSON.stringify(record(n))}\n`)
        .join(''),
    );
    const files = await readdir(join(folder, 'deployment'));
    const texts = await Promise.all(files.map((file) => readFile(join(folder, 'deployment', file), 'utf8')));
    expect(out).to.contain('unknown type');
    expect([out, ...texts].join(''))
      .not.to.contain('touch harm')
      .and.not.to.contain('\u001b');
  });

  it('given a pipe that nobody reads, then it ends quietly', async () => {
    const { err } = await runShell('"$0" "$@" | head -0', [...CONTRAIL, 'init', 'rows.ndjson'], folder);
    expect(err).to.equal('');
  });
});
