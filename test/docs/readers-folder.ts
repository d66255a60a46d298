import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The code of a page's blocks of TypeScript that are headed so, in their order. */
export function snippetsIn(page: string, heading = ''): readonly string[] {
  return Array.from(page.matchAll(/^```ts ?(.*)\n([^]*?)^```$/gm)).flatMap(([, own = '', code = '']) =>
    own === heading ? [code] : [],
  );
}

/** A folder of a reader's files, in which packages and the definition beside them resolve as they do for the reader. */
export class ReadersFolder {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  static async make(): Promise<ReadersFolder> {
    return new ReadersFolder(await mkdtemp(join(ROOT, 'node_modules', '.page-')));
  }

  /** Its path. */
  async write(name: string, code: string): Promise<string> {
    const path = join(this.#path, name);
    const own = code
      .replaceAll("'contrail/testing'", "'../../src/testing.ts'")
      .replaceAll("'contrail/adapters'", "'../../src/adapters.ts'")
      .replaceAll("'contrail'", "'../../src/index.ts'")
      .replaceAll("'./contrail.config.js'", "'./contrail.config.mts'");
    await writeFile(path, own);
    return path;
  }

  remove(): Promise<void> {
    return rm(this.#path, { recursive: true });
  }
}
