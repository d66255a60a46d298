import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from '../../src/entrypoints/deployment/bundle/bundle.ts';
import type { ChildName } from './child.ts';
import { inChild } from './in-child.ts';

/** What runs in processes of its own: bundled and cut down as a Lambda function is, Contrail and its opponents alike. */
export class Children {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param root the project's folder. */
  static async make(root: string): Promise<Children> {
    // Beside the opponents' packages, of which one is not bundled.
    const folder = join(root, 'bench', 'dist', 'children');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const { files } = await bundle(root, { child: 'bench/measures/child.ts' });
    for (const [file, bytes] of files) if (file.endsWith('.mjs')) await writeFile(join(folder, file), bytes);
    return new Children(folder);
  }

  /** As compiled: what no function of Lambda does, and is in no bundle for it. */
  runCompiled<T>(
    name: 'fill-child' | 'postgres-child' | 'reader-child',
    parameters: readonly string[],
  ): Promise<T> {
    const file = join(this.#folder, '..', 'bench', 'measures', `${name}.js`);
    return inChild(['--expose-gc', '--no-warnings', file, ...parameters]);
  }

  /** @param share part of a core; all, unless given. */
  run<T>(name: ChildName, parameters: readonly string[], share?: number): Promise<T> {
    const file = join(this.#folder, 'child.mjs');
    const all = ['--expose-gc', '--no-warnings', file, name, ...parameters];
    return inChild(all, share === undefined ? {} : { share });
  }
}
