import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { validate } from 'dockerfile-utils';
import { freePort } from '../../local/servers/free-port.ts';
import { workerEnvironment } from '../../local/servers/servers.ts';
import { createMainTable, createStateTable } from '../../local/servers/tables.ts';
import { VERSION } from '../../src/entrypoints/package-version.ts';
import { describeWithServers, sharedServers } from '../integration/shared-servers.ts';
import { unique } from '../support/unique.ts';
import { makeProject } from './support/container-project.ts';
import { type Image, ImageBuilder, stagesOf } from './support/dockerfile.ts';

const run = promisify(execFile);
const dockerfile = await readFile(new URL('../../deploy/container/Dockerfile', import.meta.url), 'utf8');

/** Whether processes can be started as a container's are. */
const CONTAINED = canContain();
const DOCKER = hasDocker();

const DEFINITION = `
import { counts, defineTable, row } from 'contrail';
const item = row({ PK: 'ITEM#<id>', SK: 'ITEM' }).with<{ kind: string }>();
export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { item },
  derive: { 'per-kind': counts(item, { by: ['kind'], at: { PK: 'KIND#<kind>', SK: 'COUNT' } }) },
});
`;

describe('the Dockerfile of a project', () => {
  it('is a right one, whose stages begin with one version of Node and one of its system', () => {
    expect(validate(dockerfile)).to.deep.equal([]);
    const stages = stagesOf(dockerfile);
    expect(stages.map(({ name }) => name)).to.deep.equal(['packages', 'project', 'index', 'consume']);
    const bases = new Set(stages.map(({ base }) => base).filter((base) => base !== 'project'));
    expect([...bases]).to.have.length(1);
    expect([...bases][0]).to.match(/^node:\d+\.\d+\.\d+-alpine\d+\.\d+$/);
  });
});

describeWithServers('the image of a project, its steps carried out in a folder', () => {
  let folder: string;
  let project: Awaited<ReturnType<typeof makeProject>>;
  let builder: ImageBuilder;
  const children: ReturnType<typeof spawn>[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-image-'));
    // For the image's own user.
    await chmod(folder, 0o755);
    const context = join(folder, 'context');
    project = await makeProject(context, { 'contrail.config.ts': DEFINITION });
    const images = join(folder, 'images');
    await mkdir(images);
    builder = new ImageBuilder(stagesOf(dockerfile), {
      ...{ context, folder: images },
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], npm_config_prefer_offline: 'true' },
    });
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  after(async () => {
    project.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts a command in an image: where this machine allows it as its user, and as the first process, as in a container. */
  function startIn(
    { root, workdir, env, user = '' }: Image,
    command: readonly string[],
    more: NodeJS.ProcessEnv = {},
  ) {
    const [uid = '', gid = ''] = user.split(':');
    const alone = ['--pid', '--fork', '--kill-child', '--setuid', uid, '--setgid', gid, ...command];
    const [file = '', ...args] = CONTAINED ? ['unshare', ...alone] : command;
    const child = spawn(file, args, {
      cwd: join(root, workdir),
      env: { PATH: process.env['PATH'], ...env, ...more },
    });
    children.push(child);
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
      ([out, err]) => ({ out, err, status: child.exitCode }),
    );
    /** To the command itself. */
    const kill = async (signal: NodeJS.Signals) => {
      const { pid } = child;
      // It may have ended, or not begun.
      const inner = CONTAINED
        ? await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
        : `${pid}`;
      if (inner.trim() !== '' && existsSync(`/proc/${inner.trim()}`)) process.kill(Number(inner), signal);
    };
    return { child, ended, kill };
  }

  it('has the project and what it needs, and nothing that is secret, or for tests or development', async () => {
    const { root, workdir, env, user, base } = await builder.build('consume');
    expect({ env, user, base }).to.deep.equal({
      ...{ env: { NODE_ENV: 'production' }, user: '1000:1000' },
      base: stagesOf(dockerfile)[0]?.base,
    });
    const files = await readdir(join(root, workdir));
    expect(files).to.have.members([
      'contrail.config.ts',
      'node_modules',
      'package-lock.json',
      'package.json',
      'packages',
    ]);
    expect(await readdir(join(root, workdir, 'packages'))).to.deep.equal([]);
    const packages = await readdir(join(root, workdir, 'node_modules'));
    expect(packages).to.include.members(['contrail', 'electrodb', 'commander']);
    expect(packages).not.to.include.members(['left-over.js']).and.not.to.include.members(['prettier']);
  });

  it('given contrail consume, then it is healthy while it reads, and ends well by SIGTERM', async () => {
    const { dynamodb } = (await sharedServers()).clients;
    const [table, stateTable] = [unique('items'), unique('states')];
    await createMainTable(dynamodb, table);
    await createStateTable(dynamodb, stateTable);
    for (const id of ['1', '2', '3'])
      await dynamodb.send(
        new PutItemCommand({
          TableName: table,
          Item: { PK: { S: `ITEM#${id}` }, SK: { S: 'ITEM' }, kind: { S: 'a' } },
        }),
      );
    const image = await builder.build('consume');
    const port = `${await freePort()}`;
    const own = (args: readonly string[] = []) => args.map((arg) => arg.replace('8080', port));
    const isHealthy = async () => (await startIn(image, own(image.health)).ended).status === 0;
    expect(await isHealthy()).to.equal(false);
    const servers = await sharedServers();
    const { ended, kill, child } = startIn(image, own([...image.entrypoint, ...image.command]), {
      ...workerEnvironment(servers),
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: servers.dynamodb.endpoint,
      ...{ TABLE_NAME: table, STATE_TABLE_NAME: stateTable, LOG_LEVEL: 'error' },
    });
    const handled = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
      return ((await answer?.json()) as { readonly handled: number } | undefined)?.handled ?? 0;
    };
    while (child.exitCode === null && (await handled()) < 3) await sleepFor(100);
    expect(await isHealthy()).to.equal(true);
    await kill('SIGTERM');
    const { out, err, status } = await ended;
    expect(status, err).to.equal(0);
    expect(out).to.match(/^[3-9] records handled in [\d.]+ s, 0 read and not handled\n$/);
  });

  it('given the target index, then it runs contrail index, and asks for its settings', async () => {
    const image = await builder.build('index');
    expect(image.health).to.equal(undefined);
    const { err, status } = await startIn(image, [...image.entrypoint, ...image.command]).ended;
    expect({ err, status }).to.include({ status: 2 });
    expect(err).to.include('TYPESENSE_URL');
  });

  it('given SIGTERM before it has loaded what it runs, then it ends', async function () {
    if (!CONTAINED) this.skip();
    const image = await builder.build('consume');
    const { ended, kill, child } = startIn(image, [...image.entrypoint, ...image.command], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(NEVER_LOADED)}`,
    });
    // The first may come before Node listens to any.
    while (child.exitCode === null && child.signalCode === null) {
      await kill('SIGTERM');
      await sleepFor(100);
    }
    expect(await ended).to.deep.equal({ out: '', err: '', status: 143 });
  });
});

(DOCKER ? describe : describe.skip)(
  `the image of a project, by Docker${DOCKER ? '' : ': there is no daemon that answers here'}`,
  function () {
    this.timeout(600_000);

    it('is built, belongs to no root, and runs', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'contrail-docker-'));
      const context = join(folder, 'context');
      const { stop } = await makeProject(context, { 'contrail.config.ts': DEFINITION });
      try {
        for (const target of ['index', 'consume']) {
          const tag = `contrail-test-${target}`;
          // The package comes from this machine.
          await run('docker', ['build', '--network', 'host', '--target', target, '--tag', tag, context]);
          const { stdout } = await run('docker', ['run', '--rm', '--read-only', tag, '--version']);
          expect(stdout.trim()).to.equal(VERSION);
          const who = ['run', '--rm', '--entrypoint', 'id', tag, '-u'];
          expect((await run('docker', who)).stdout.trim()).to.equal('1000');
          await run('docker', ['image', 'rm', tag]);
        }
      } finally {
        stop();
        await rm(folder, { recursive: true, force: true });
      }
    });
  },
);

/** A loader of modules, to which the command line never comes. */
const NEVER_LOADED = `
  import { register } from 'node:module';
  const load = 'export async function load(url, context, next) { if (url.endsWith("cli/main.js")) await new Promise(() => setInterval(() => 0, 1e6)); return next(url, context); }';
  register('data:text/javascript,' + encodeURIComponent(load));
`;

function canContain(): boolean {
  try {
    if (process.getuid?.() !== 0 || !existsSync('/proc/self/task')) return false;
    execFileSync('unshare', [
      '--pid',
      '--fork',
      '--kill-child',
      '--setuid',
      '1000',
      '--setgid',
      '1000',
      'true',
    ]);
    return true;
  } catch {
    return false;
  }
}

function hasDocker(): boolean {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
