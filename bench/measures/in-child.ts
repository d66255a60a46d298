import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { throttle } from './throttle.ts';

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Part of a core that it gets from its first output on; all that there is, unless given. */
  readonly share?: number;
}

/** Runs Node with these parameters in a new process, and reads the JSON on its last line. */
export async function inChild<T>(
  parameters: readonly string[],
  { env = process.env, share }: ChildOptions = {},
): Promise<T> {
  const running = promisify(execFile)(process.execPath, parameters, { env, maxBuffer: 2 ** 26 });
  const { child } = running;
  if (share !== undefined) child.stdout?.once('data', () => throttle(child, share));
  const { stdout } = await running;
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n') + 1)) as T;
}
