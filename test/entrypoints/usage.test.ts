import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run, SCRIPTS } from '../support/command-line.ts';

const COMMANDS: Record<string, readonly string[]> = {
  contrail: BUNDLED_CONTRAIL,
  'contrail init': [...BUNDLED_CONTRAIL, 'init'],
  'contrail replay': [...BUNDLED_CONTRAIL, 'replay'],
  'contrail consume': [...BUNDLED_CONTRAIL, 'consume'],
  'contrail gaps': [...BUNDLED_CONTRAIL, 'gaps'],
  'contrail index': [...BUNDLED_CONTRAIL, 'index'],
  'contrail plan': [...BUNDLED_CONTRAIL, 'plan'],
  'contrail backfill': [...BUNDLED_CONTRAIL, 'backfill'],
  'contrail purge': [...BUNDLED_CONTRAIL, 'purge'],
  'contrail verify': [...BUNDLED_CONTRAIL, 'verify'],
  'contrail doctor': [...BUNDLED_CONTRAIL, 'doctor'],
  'contrail redrive': [...BUNDLED_CONTRAIL, 'redrive'],
  'contrail search': [...BUNDLED_CONTRAIL, 'search'],
  'contrail simulate': [...BUNDLED_CONTRAIL, 'simulate'],
  'contrail generate': [...BUNDLED_CONTRAIL, 'generate'],
  'contrail build': [...BUNDLED_CONTRAIL, 'build'],
  'contrail filters': [...BUNDLED_CONTRAIL, 'filters'],
  'contrail policy': [...BUNDLED_CONTRAIL, 'policy'],
  'contrail adopt-stream': [...BUNDLED_CONTRAIL, 'adopt-stream'],
  'contrail migrate': [...BUNDLED_CONTRAIL, 'migrate'],
  ...SCRIPTS,
};

describe('every command', function () {
  this.timeout(60_000);

  for (const [name, args] of Object.entries(COMMANDS))
    it(`given --help, when called, then it explains itself in 80 columns and exits with 0: ${name}`, async () => {
      const { out, err, status } = await run([...args, '--help']);
      expect(out)
        .to.match(new RegExp(`^Usage: ${name} `))
        .and.to.match(/exit status|Commands:|Example:/);
      expect(out.split('\n').filter((line) => line.length > 80)).to.deep.equal([]);
      // What is left of a line that was longer.
      expect(out).not.to.match(/^[a-z]+\n\S/m);
      expect({ err, status }).to.deep.equal({ err: '', status: 0 });
    });

  it('given help of a command, when called, then it is that of the command', async () => {
    const { out, status } = await run([...BUNDLED_CONTRAIL, 'help', 'replay']);
    expect(out).to.match(/^Usage: contrail replay /);
    expect(status).to.equal(0);
  });

  const refused: [string, readonly string[], RegExp][] = [
    ['simulate without seeds', [...SCRIPTS.simulate, '--seeds', '0'], /integer ≥ 1/],
    ['simulate without threads', [...SCRIPTS.simulate, '--jobs', '0'], /integer ≥ 1/],
    [
      'simulate with an unknown mutant',
      [...SCRIPTS.simulate, '--mutant', 'nope'],
      /Allowed choices are .*upserts-then-deletes/,
    ],
    ['fuzz without records', [...SCRIPTS.fuzz, '--records', '0'], /integer ≥ 1/],
    ['local without records', [...SCRIPTS.local, '--records', '0'], /integer ≥ 1/],
    [
      'local with batches that Lambda would not take',
      [...SCRIPTS.local, '--batch-size', '99999'],
      /integer from 1 to 10000/,
    ],
    [
      'local with an unknown backend',
      [...SCRIPTS.local, '--backend', 'paper'],
      /Allowed choices are aws, memory/,
    ],
    ['local with an unknown option', [...SCRIPTS.local, '--nonsense'], /unknown option/],
    ['capture without a file', [...SCRIPTS.capture], /required option '--out <file>'/],
    ['doctor without time', [...BUNDLED_CONTRAIL, 'doctor', '--timeout', '0'], /integer from 1 to 300/],
    ['filters of none', [...BUNDLED_CONTRAIL, 'filters', '--most', '0'], /integer from 1 to 10/],
    ['build of something else', [...BUNDLED_CONTRAIL, 'build', '--out', 'x.tar'], /ends in .zip/],
    ['generate with batches of none', [...BUNDLED_CONTRAIL, 'generate', '--batch-size', '0'], /integer ≥ 1/],
  ];
  for (const [what, args, message] of refused)
    it(`given ${what}, when called, then it says what is allowed and exits with 2`, async () => {
      const { out, err, status } = await run(args);
      expect(err).to.match(message).and.to.contain('(run with --help to see the usage)');
      expect({ out, status }).to.deep.equal({ out: '', status: 2 });
    });

  it('given a file in a missing folder, when captured, then it is refused before anything starts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    try {
      const file = join(folder, 'none', 'captured.ndjson');
      const { out, err, status } = await run([...SCRIPTS.capture, '--out', file]);
      // Nothing of servers being started.
      expect(err).to.match(
        /^capture: cannot write the records to [^\n]*captured\.ndjson: its folder [^\n]*none does not exist\n$/,
      );
      expect({ out, status }).to.deep.equal({ out: '', status: 2 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
