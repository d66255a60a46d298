import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { expect } from 'chai';
import { stateJson } from '../../src/entrypoints/cli/replay/state-json.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { collect } from '../support/collect.ts';
import { run } from '../support/command-line.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { FaultWorld } from './fault-world.ts';
import { SERVER } from './postgres.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

const SAMPLE = fileURLToPath(new URL('../../fixtures/sample.ndjson', import.meta.url));

/** What the command line writes on a backend, where the proof finds no drift. */
async function stateOf(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'contrail-state-'));
  try {
    const all = ['replay', SAMPLE, '--verify', '--state', 'state.json', ...args];
    const { status, out, err } = await run([...BUNDLED_CONTRAIL, ...all], '', { cwd: folder, env });
    expect(status, err + out).to.equal(0);
    return await readFile(join(folder, 'state.json'), 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Both as texts: a difference would be shown for a minute. */
function expectSame(found: string, expected: string): void {
  const lines = expected.split('\n');
  const at = found.split('\n').findIndex((line, index) => line !== lines[index]);
  expect(found === expected, `the same bytes; line ${at + 1} differs first`).to.equal(true);
}

describe('the state file of the sample', function () {
  this.timeout(180_000);
  let memory: string;

  before(async () => {
    memory = await stateOf([]);
    expect(memory).to.have.length.above(50_000);
  });

  it('is the same to the byte in memory and on PGlite', async () => {
    expectSame(await stateOf(['--backend', 'postgres']), memory);
  });

  describeUnless(SERVER.missing, 'on a server', () => {
    it('is the same to the byte in memory and on PostgreSQL', async () => {
      const { names, close } = await SERVER.own();
      const env = { DATABASE_URL: SERVER.url, DATABASE_SCHEMA: names.schemaName };
      try {
        expectSame(await stateOf(['--backend', 'postgres'], env), memory);
      } finally {
        await close();
      }
    });
  });

  describeWithServers('on AWS', () => {
    it('is the same to the byte in memory and on DynamoDB and SQS', async () => {
      const world = await FaultWorld.create(await sharedServers());
      try {
        const worker = world.worker();
        for (const line of (await readFile(SAMPLE, 'utf8')).trimEnd().split('\n')) {
          const { Records } = JSON.parse(line) as DynamoDBStreamEvent;
          await world.write(Records);
          await world.deliver(worker, Records);
        }
        const searchActions = (await world.actions()).length;
        const parts = { state: await world.state(), searchActions, definition: fleet, failures: [] };
        expectSame((await collect(stateJson(parts))).join(''), memory);
      } finally {
        await world.close();
      }
    });
  });
});
