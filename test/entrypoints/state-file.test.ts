import { execFileSync } from 'node:child_process';
import { chmod, link, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { lstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { generateEvents } from '../../src/fleet/feed/generate.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run, runShell } from '../support/command-line.ts';
import { registrationRecord } from '../support/stream-records.ts';

describe('contrail replay --state', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-state-'));
    await writeFile(join(folder, 'feed.json'), JSON.stringify(registrationRecord('N1')));
  });

  afterEach(() => rm(folder, { recursive: true }));

  const at = (name: string) => join(folder, name);
  const replay = (...args: string[]) => run([...BUNDLED_CONTRAIL, 'replay', ...args], '', { cwd: folder });
  const names = async () => (await readdir(folder)).toSorted();
  const registry = (json: string) =>
    Object.keys((JSON.parse(json) as { search: { registry: object } }).search.registry);

  async function expectState(name: string) {
    expect(registry(await readFile(at(name), 'utf8'))).to.deep.equal(['FAA:N1']);
  }

  describe('given a file that cannot be meant, when called, then it says why, does nothing and exits with 2', () => {
    const refusals: [string, (name: string) => Promise<unknown>, string[], RegExp][] = [
      ['an input', () => Promise.resolve(), ['feed.json', '--state', 'feed.json'], /one of the input files/],
      [
        'an input by another spelling',
        () => Promise.resolve(),
        ['feed.json', '--state', '../$FOLDER/./feed.json'],
        /one of the input files/,
      ],
      [
        'a link to an input',
        (name) => symlink('feed.json', name),
        ['feed.json', '--state', 'made'],
        /one of the input files/,
      ],
      [
        'a second name of an input',
        (name) => link(at('feed.json'), name),
        ['feed.json', '--state', 'made'],
        /one of the input files/,
      ],
      ['an empty name', () => Promise.resolve(), ['feed.json', '--state', ''], /its name is empty/],
      ['a folder', () => Promise.resolve(), ['feed.json', '--state', '.'], /it is a directory/],
      [
        'a folder to be',
        () => Promise.resolve(),
        ['feed.json', '--state', 'new/'],
        /new\/: it is named like a directory that does not exist/,
      ],
      [
        'a missing folder',
        () => Promise.resolve(),
        ['feed.json', '--state', 'none/state.json'],
        /state\.json: its folder none does not exist$/m,
      ],
      [
        'a link into a missing folder',
        (name) => symlink('none/state.json', name),
        ['feed.json', '--state', 'made'],
        /its folder \S*none does not exist$/m,
      ],
      [
        'a link that leads to itself',
        (name) => symlink('made', name),
        ['feed.json', '--state', 'made'],
        /ELOOP/,
      ],
      [
        'a file where a folder should be',
        () => Promise.resolve(),
        ['feed.json', '--state', 'feed.json/x'],
        /ENOTDIR/,
      ],
    ];
    for (const [what, make, args, message] of refusals)
      it(what, async () => {
        await make(at('made'));
        const before = await names();
        const spelled = args.map((arg) => arg.replace('$FOLDER', folder.split('/').at(-1)!));
        const { out, err, status } = await replay(...spelled);
        expect(err)
          .to.match(/^contrail: cannot write the state file /)
          .and.to.match(message);
        expect({ out, status, names: await names() }).to.deep.equal({ out: '', status: 2, names: before });
        expect(await readFile(at('feed.json'), 'utf8')).to.contain('DETAIL#N1');
      });

    it('the file that the definition is in', async () => {
      const definition = `import { defineTable, documents, row } from 'contrail';
        const thing = row({ PK: 'THING#<id>', SK: 'DATA' });
        const search = documents(thing, { collection: 'things', fields: ['name'] });
        export default defineTable({ keys: { partition: 'PK', sort: 'SK' }, rows: { thing }, derive: { search } });`;
      await writeFile(at('contrail.config.js'), definition);
      for (const options of [[], ['--definition', 'contrail.config.js']]) {
        const { err, status } = await replay('feed.json', ...options, '--state', 'contrail.config.js');
        expect(err).to.match(/one of the input files/);
        expect(status).to.equal(2);
        expect(await readFile(at('contrail.config.js'), 'utf8')).to.equal(definition);
      }
    });

    it('the file that standard input comes from', async () => {
      const { err, status } = await runShell(
        '"$0" "$@" < feed.json',
        [...BUNDLED_CONTRAIL, 'replay', '-', '--state', 'feed.json'],
        folder,
      );
      expect(err).to.match(/one of the input files/);
      expect(status).to.equal(2);
    });
  });

  it('given a file that exists, when written, then it keeps its mode, and nothing is left beside it', async () => {
    await writeFile(at('state.json'), 'old');
    await chmod(at('state.json'), 0o640);
    expect(await replay('feed.json', '--state', 'state.json')).to.include({ status: 0, err: '' });
    await expectState('state.json');
    expect((await stat(at('state.json'))).mode & 0o7777).to.equal(0o640);
    expect(await names()).to.deep.equal(['feed.json', 'state.json']);
  });

  for (const [what, content] of [
    ['that is there', 'old'],
    ['that is not there yet', undefined],
  ] as const)
    it(`given a link to a file ${what}, when written, then it is still a link, and the file is written`, async () => {
      if (content !== undefined) await writeFile(at('target.json'), content);
      await symlink('target.json', at('first'));
      await symlink('first', at('state.json'));
      expect(await replay('feed.json', '--state', 'state.json')).to.include({ status: 0, err: '' });
      expect(lstatSync(at('state.json')).isSymbolicLink()).to.equal(true);
      expect(lstatSync(at('first')).isSymbolicLink()).to.equal(true);
      await expectState('target.json');
    });

  it('given a name as long as any, when written, then it is there', async () => {
    const name = 'n'.repeat(255);
    expect(await replay('feed.json', '--state', name)).to.include({ status: 0, err: '' });
    await expectState(name);
  });

  for (const state of ['-', '/dev/stdout'])
    it(`given ${state}, when written, then standard output has the state alone, and standard error the report`, async () => {
      const { out, err, status } = await replay('feed.json', '--state', state, '--report', 'json');
      expect(status).to.equal(0);
      expect(registry(out)).to.deep.equal(['FAA:N1']);
      expect(JSON.parse(err)).to.include({ records: 1 });
    });

  it('given a pipe, when written, then all of a large state comes through', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    const feed = [...generateEvents({ seed: 3, records: 3_000 })].map((event) => JSON.stringify(event));
    await writeFile(at('feed.json'), feed.join('\n'));
    const [replayed, state] = await Promise.all([
      replay('feed.json', '--state', 'pipe'),
      readFile(at('pipe'), 'utf8'),
    ]);
    expect(replayed).to.include({ status: 0, err: '' });
    expect(state.length).to.be.above(100_000);
    expect(JSON.parse(state)).to.have.property('failures');
    expect(await names()).to.deep.equal(['feed.json', 'pipe']);
  });

  it('given a device that takes everything, when written, then all is well', async () => {
    expect(await replay('feed.json', '--state', '/dev/null')).to.include({ status: 0, err: '' });
  });

  it('given a device that is full, when written, then it says so, reports nevertheless, and exits with 1', async () => {
    const { out, err, status } = await replay('feed.json', '--state', '/dev/full');
    expect(err).to.match(/^contrail: cannot write the state file \/dev\/full: ENOSPC/);
    expect(out).to.match(/^1 record in 1 batch/);
    expect(status).to.equal(1);
  });

  it('given less room than the state takes, when written, then the old file stays, and the report is printed', async () => {
    const feed = [...generateEvents({ seed: 3, records: 1_000 })].map((event) => JSON.stringify(event));
    await writeFile(at('feed.json'), feed.join('\n'));
    await writeFile(at('state.json'), 'old');
    const { out, err, status } = await runShell(
      'ulimit -f 20; "$0" "$@"',
      [...BUNDLED_CONTRAIL, 'replay', 'feed.json', '--state', 'state.json'],
      folder,
    );
    expect(err).to.match(/^contrail: cannot write the state file state\.json: EFBIG/);
    expect(out).to.match(/^1,000 records in /);
    expect(status).to.equal(1);
    expect(await readFile(at('state.json'), 'utf8')).to.equal('old');
    expect(await names()).to.deep.equal(['feed.json', 'state.json']);
  });

  it('given a file that cannot be replaced, being mounted by itself, when written, then it is written in place', async function () {
    await writeFile(at('state.json'), `old ${'x'.repeat(100_000)}`);
    await writeFile(at('source.json'), `old ${'x'.repeat(100_000)}`);
    const mounted = await runShell(
      'unshare --mount bash -c \'mount --bind source.json state.json && exec "$0" "$@"\' "$0" "$@"',
      [...BUNDLED_CONTRAIL, 'replay', 'feed.json', '--state', 'state.json'],
      folder,
    );
    if (/unshare|mount:/.test(mounted.err)) this.skip();
    expect(mounted).to.include({ status: 0, err: '' });
    await expectState('source.json');
    expect(await names()).to.deep.equal(['feed.json', 'source.json', 'state.json']);
  });

  it('given failures, when written, then each has the fields that the specification names', async () => {
    await writeFile(at('feed.json'), '{"bad":1}\n');
    await replay('feed.json', '--state', 'state.json');
    const { failures } = JSON.parse(await readFile(at('state.json'), 'utf8')) as { failures: object[] };
    expect(failures).to.have.length(1);
    expect(failures[0]).to.have.all.keys('sequenceNumber', 'eventID', 'pk', 'sk', 'error');
  });
});
