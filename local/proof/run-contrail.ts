import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const CONTRAIL = fileURLToPath(new URL('../../bin/contrail.js', import.meta.url));

/**
 * Runs a command of `contrail`, as it is built, in a process of its own.
 *
 * @returns what it printed.
 * @throws Error with what it said, when it ends otherwise than well.
 */
export async function runContrail(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn(process.execPath, [CONTRAIL, ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, said, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (status !== 0) throw new Error(`contrail ${args[0]} ended with ${status ?? 'a signal'}:\n${said}${out}`);
  return out;
}
