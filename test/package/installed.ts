import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeRelease, type ReleaseContents } from '../../deploy/release/release.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

/** What a clone does not have, or what takes its place. */
const NOT_IN_A_CLONE = /^(?:\.git|dist|build|reports|coverage|\.stryker-tmp)$|(?:^|\/)node_modules$/;

export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** The package as `npm publish` would send it, and folders that have it installed. */
export class PackedPackage {
  readonly #folder: string;
  readonly #tarball: string;
  readonly json: PackageJson;
  /** All files in it, by their paths. */
  readonly files: readonly string[];
  /** The folder of the release. */
  readonly out: string;
  readonly contents: ReleaseContents;

  private constructor(
    folder: string,
    {
      tarball,
      ...made
    }: Pick<PackedPackage, 'json' | 'files' | 'out' | 'contents'> & { readonly tarball: string },
  ) {
    this.#folder = folder;
    this.#tarball = tarball;
    this.json = made.json;
    this.files = made.files;
    this.out = made.out;
    this.contents = made.contents;
  }

  /** Makes the release that a clone would make, so that nothing of the checkout's own `dist` is touched or taken. */
  static async release(): Promise<PackedPackage> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'contrail-package-')));
    const clone = join(folder, 'clone');
    await cp(ROOT, clone, {
      recursive: true,
      filter: (path) => !NOT_IN_A_CLONE.test(relative(ROOT, path)),
    });
    await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
    await mkdir(join(clone, 'dist'));
    await writeFile(join(clone, 'dist', 'left-over.js'), '');
    // The types have been checked when this checkout was built: not again, which takes longest.
    const settings = join(clone, 'tsconfig.build.json');
    const text = await readFile(settings, 'utf8');
    await writeFile(settings, text.replace('"noEmit": false', '"noEmit": false, "noCheck": true'));
    const out = join(folder, 'release');
    const contents = await makeRelease(clone, out);
    const tarball = join(out, contents.files[0]?.file ?? '');
    const { stdout: list } = await run('tar', ['-tzf', tarball]);
    const files = list
      .trim()
      .split('\n')
      .map((path) => path.replace(/^package\//, ''));
    const json = JSON.parse(await readFile(join(clone, 'package.json'), 'utf8')) as PackageJson;
    return new PackedPackage(folder, { tarball, json, files, out, contents });
  }

  /**
   * Makes a project in an empty folder, with the package and what it depends on, by links to this checkout's: as good
   * as `npm install`, without a network. What the package does not declare is not found.
   *
   * @param options.without dependencies that are not there.
   * @param options.others packages that the project has itself.
   */
  async install(
    name: string,
    {
      without = /(?!)/,
      others = [],
    }: { readonly without?: RegExp; readonly others?: readonly string[] } = {},
  ): Promise<string> {
    const project = join(this.#folder, name);
    const packages = join(project, 'node_modules');
    const own = join(packages, this.json.name);
    await mkdir(own, { recursive: true });
    await writeFile(
      join(project, 'package.json'),
      '{ "name": "project", "private": true, "type": "module" }',
    );
    await run('tar', ['-xzf', this.#tarball, '--strip-components=1', '-C', own]);
    const dependencies = Object.keys(this.json.dependencies).filter(
      (dependency) => !without.test(dependency),
    );
    for (const dependency of [...dependencies, ...others]) {
      await mkdir(dirname(join(packages, dependency)), { recursive: true });
      await symlink(await realpath(join(ROOT, 'node_modules', dependency)), join(packages, dependency));
    }
    await mkdir(join(packages, '.bin'));
    for (const [command, file] of Object.entries(this.json.bin))
      await symlink(join(own, file), join(packages, '.bin', command));
    return project;
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

/** The sources in a folder of this checkout, by their paths in it. */
export async function sourcesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(ROOT, folder), join(entry.parentPath, entry.name)));
}
