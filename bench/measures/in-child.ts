import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs Node with these parameters in a new process, and reads the JSON on its last line. */
export async function inChild<T>(parameters: readonly string[], env = process.env): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { env });
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n') + 1)) as T;
}
