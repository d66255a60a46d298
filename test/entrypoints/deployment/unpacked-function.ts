import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { type Finished, run } from '../../support/command-line.ts';

/** What Lambda does with a zip file, for one event after the other on standard input. */
const DRIVER = `
  const { handler } = await import('./index.mjs');
  const events = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  const answers = [];
  for (const event of events)
    answers.push(await handler(event).catch(({ name, message }) => ({ name, message })));
  process.stdout.write('\\n' + JSON.stringify(answers));
  process.exit();
`.replace("require('node:fs')", "(await import('node:fs'))");

/** A function's zip file, unpacked in a folder far from any `node_modules`. */
export class UnpackedFunction {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async of(zip: Uint8Array): Promise<UnpackedFunction> {
    const folder = await mkdtemp(join(tmpdir(), 'contrail-function-'));
    for (const [name, bytes] of Object.entries(unzipSync(zip))) await writeFile(join(folder, name), bytes);
    return new UnpackedFunction(folder);
  }

  /** Starts an instance and invokes it with these events; what it answered, or how it ended. */
  async invoke(
    events: readonly unknown[],
    env: Readonly<Record<string, string>>,
  ): Promise<Finished & { readonly answers: readonly unknown[] }> {
    const args = ['--no-warnings', '--input-type=module', '--eval', DRIVER];
    const finished = await run(args, JSON.stringify(events), { cwd: this.#folder, env });
    const last = finished.out.split('\n').at(-1) ?? '';
    return { ...finished, answers: finished.status === 0 ? (JSON.parse(last) as unknown[]) : [] };
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
