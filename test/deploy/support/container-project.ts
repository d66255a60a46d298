import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A package that the project needs for development only. */
const DEVELOPMENT = 'prettier';

interface LockedPackage {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly version?: string;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/**
 * Makes a user's project: with contrail, as it is built, at an address of this machine, and what it needs as this checkout's lock
 * file has it, so that npm finds all of it in its cache. It also has what must not come into an image.
 *
 * @returns `stop`, to serve the package no longer.
 */
export async function makeProject(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<{ readonly stop: () => void }> {
  await mkdir(folder);
  const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await promisify(execFile)('npm', pack, { cwd: ROOT });
  const packed = join(folder, stdout.trim());
  const tarball = await readFile(packed);
  await rm(packed);
  const server = createServer((_, response) => response.end(tarball)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const resolved = `http://127.0.0.1:${(server.address() as AddressInfo).port}/contrail.tgz`;
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;

  const own = { name: 'project', version: '1.0.0', private: true, type: 'module' };
  const needs = { dependencies: { contrail: '*' }, devDependencies: { [DEVELOPMENT]: '*' } };
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const { '': contrail, ...others } = packages;
  const needed = Object.entries(others).filter(
    ([path, { dev, devOptional }]) => path === `node_modules/${DEVELOPMENT}` || (!dev && !devOptional),
  );
  const lock = {
    ...own,
    ...{ lockfileVersion: 3, requires: true },
    packages: {
      '': { ...own, ...needs },
      'node_modules/contrail': {
        ...{ version: contrail?.version, dependencies: contrail?.dependencies },
        ...{ resolved, integrity, bin: { contrail: 'bin/contrail.js' } },
      },
      ...Object.fromEntries(needed),
    },
  };
  const container = join(ROOT, 'deploy', 'container');
  for (const file of ['Dockerfile', '.dockerignore']) await cp(join(container, file), join(folder, file));
  for (const inner of ['node_modules', 'packages']) await mkdir(join(folder, inner));
  const all = {
    ...files,
    'package.json': JSON.stringify({ ...own, ...needs }),
    'package-lock.json': JSON.stringify(lock),
    '.env': 'SECRET=1',
    '.npmrc': '//registry.example.com/:_authToken=secret',
    'packages/.env.local': 'SECRET=1',
    'definition.test.ts': '',
    'node_modules/left-over.js': '',
  };
  for (const [file, text] of Object.entries(all)) await writeFile(join(folder, file), text);
  return { stop: () => server.close().closeAllConnections() };
}
