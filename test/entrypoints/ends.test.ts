import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { runShell, SCRIPTS, start } from '../support/command-line.ts';
import { registrationRecord } from '../support/stream-records.ts';

describe('commands that end early', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-ends-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  describe('given a signal in the middle of a replay, then it ends the process', () => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      it(`and no file is left: ${signal}`, async () => {
        await writeFile(join(folder, 'state.json'), 'old');
        const child = start([...BUNDLED_CONTRAIL, 'replay', '-', '--state', 'state.json'], { cwd: folder });
        child.stdin.write(`${JSON.stringify(registrationRecord('N1'))}\n`);
        const ended = Promise.all([
          text(child.stdout),
          text(child.stderr),
          new Promise((resolve) => child.on('close', (_, endedBy) => resolve(endedBy))),
        ]);
        await untilThereAre(2);
        // The state file is opened before standard input is read.
        await sleep(300);
        child.kill(signal);
        expect(await ended).to.deep.equal(['', '', signal]);
        expect(await readdir(folder)).to.deep.equal(['state.json']);
      });

    for (const [what, args] of [
      ['--state on a pipe that nobody reads', ['feed.json', '--state', 'pipe']],
      ['a pipe that nobody writes to', ['pipe']],
    ] as const)
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
        it(`${what}: ${signal}`, async () => {
          await writeFile(join(folder, 'feed.json'), JSON.stringify(registrationRecord('N1')));
          execFileSync('mkfifo', [join(folder, 'pipe')]);
          const child = start([...BUNDLED_CONTRAIL, 'replay', ...args], { cwd: folder });
          const ended = new Promise((resolve) => child.on('close', (_, endedBy) => resolve(endedBy)));
          try {
            await sleep(1_000);
            expect(child.exitCode, 'it waits').to.equal(null);
            child.kill(signal);
            expect(await Promise.race([ended, sleep(5_000, 'still there')])).to.equal(signal);
          } finally {
            child.kill('SIGKILL');
          }
        });

    it('then a shell sees the status 128 and its number', async () => {
      // What goes on sleeping must not hold a pipe of ours open: that would be waited for.
      const line =
        '"$0" "$@" < <(sleep 5 2> /dev/null) & pid=$!; sleep 1; kill -TERM $pid; wait $pid; echo $?';
      const { out } = await runShell(line, [...BUNDLED_CONTRAIL, 'replay', '-'], folder);
      expect(out).to.equal('143\n');
    });

    it('and the terminal is as it was, its cursor shown, when Ctrl-C is pressed there', async function () {
      if (spawnSync('script', ['--version']).status !== 0) this.skip();
      // `script` gives the command a terminal, and shows what appears there.
      const pressed = [
        'mkfifo feed; (sleep 10 > feed 2> /dev/null) &',
        "(until ls -A | grep -q '\\.tmp$'; do sleep 0.1; done; sleep 0.5; printf '\\003'; sleep 1) |",
        'script -qec "trap : INT; $0 $1 replay feed --state state.json; echo status \\$?" /dev/null',
      ].join('\n');
      const { out } = await runShell(pressed, BUNDLED_CONTRAIL, folder);
      expect(out)
        .to.contain('\u001b[?25l')
        .and.to.match(/status 130\s*$/);
      // The cursor and the wrapping of lines.
      for (const setting of ['?25', '?7'])
        expect(out.lastIndexOf(`\u001b[${setting}h`)).to.be.above(out.lastIndexOf(`\u001b[${setting}l`));
      expect(await readdir(folder)).to.deep.equal(['feed']);
    });
  });

  describe('given a reader that has gone, then that is no error, and the status is 0', () => {
    const quiet: [string, readonly string[]][] = [
      ['contrail generate', [...BUNDLED_CONTRAIL, 'generate', '--records', '100000']],
      ['contrail replay', [...BUNDLED_CONTRAIL, 'replay', 'feed.json']],
      ['contrail replay --state -', [...BUNDLED_CONTRAIL, 'replay', 'feed.json', '--state', '-']],
      ['contrail --help', [...BUNDLED_CONTRAIL, '--help']],
      ['simulate', [...SCRIPTS.simulate, '--seeds', '1']],
      ['simulate --trace', [...SCRIPTS.simulate, '--seeds', '5', '--trace']],
      ['fuzz', [...SCRIPTS.fuzz, '--records', '500']],
      ['local', [...SCRIPTS.local, '--help']],
      ['capture', [...SCRIPTS.capture, '--help']],
    ];
    for (const [what, args] of quiet)
      for (const into of args[0] === BUNDLED_CONTRAIL[0] ? ['true', 'head -1'] : ['head -1'])
        it(`${what} | ${into}`, async () => {
          const feed = join(folder, 'feed.json');
          await writeFile(feed, JSON.stringify(registrationRecord('N1')));
          const parameters = args.map((arg) => (arg === 'feed.json' ? feed : arg));
          const line = `"$0" "$@" | ${into} > /dev/null; echo "\${PIPESTATUS[0]}"`;
          const { out, err } = await runShell(line, parameters);
          expect(out).to.equal('0\n');
          // What it says of its progress is no complaint.
          expect(err).not.to.match(/EPIPE|error/i);
        });

    it('contrail replay, its log lines too, as both go to one reader', async () => {
      await writeFile(join(folder, 'feed.json'), JSON.stringify(registrationRecord('N1')));
      const line = 'LOG_LEVEL=debug "$0" "$@" 2>&1 | true; echo "${PIPESTATUS[0]}"';
      const { out } = await runShell(line, [...BUNDLED_CONTRAIL, 'replay', 'feed.json'], folder);
      expect(out).to.equal('0\n');
    });
  });

  it('given a reader of log lines alone that has gone, then the replay goes on to its end', async () => {
    await writeFile(join(folder, 'feed.json'), JSON.stringify(registrationRecord('N1')));
    const line = 'LOG_LEVEL=debug "$0" "$@" 2> >(true)';
    const args = [...BUNDLED_CONTRAIL, 'replay', 'feed.json', '--state', 'state.json'];
    const { out, status } = await runShell(line, args, folder);
    expect(out).to.match(/^1 record in 1 batch/);
    expect(status).to.equal(0);
    expect(await readdir(folder)).to.include('state.json');
  });

  it('given a change that failed, when the reader of the report has gone, then the status still says so', async () => {
    await writeFile(join(folder, 'feed.json'), '{"bad":1}');
    const line = '"$0" "$@" | true; echo "${PIPESTATUS[0]}"';
    const { out } = await runShell(line, [...BUNDLED_CONTRAIL, 'replay', 'feed.json'], folder);
    expect(out).to.equal('1\n');
  });

  it('given standard output that is full, when a report is written, then it says so once and exits with 1', async () => {
    await writeFile(join(folder, 'feed.json'), JSON.stringify(registrationRecord('N1')));
    const { err, status } = await runShell(
      '"$0" "$@" > /dev/full',
      [...BUNDLED_CONTRAIL, 'replay', 'feed.json'],
      folder,
    );
    expect(err).to.match(/^contrail: cannot write to standard output: ENOSPC[^\n]*\n$/);
    expect(status).to.equal(1);
  });

  async function untilThereAre(names: number) {
    for (let tries = 0; tries < 200; tries++) {
      if ((await readdir(folder)).length >= names) return;
      await sleep(50);
    }
    throw new Error('the temporary file did not appear');
  }
});
