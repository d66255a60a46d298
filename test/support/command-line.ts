import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The built command line, as arguments of Node. */
export const CONTRAIL: readonly string[] = [`${ROOT}bin/contrail.js`];

/** Development commands, as arguments of Node. */
export const SCRIPTS = {
  local: ['--import', 'tsx', `${ROOT}local/commands/run.ts`],
  capture: ['--import', 'tsx', `${ROOT}local/commands/capture.ts`],
  simulate: ['--import', 'tsx', `${ROOT}test/simulation/runs/cli.ts`],
  fuzz: ['--import', 'tsx', `${ROOT}test/fuzz/run.ts`],
} as const satisfies Record<string, readonly string[]>;

export interface ChildOptions {
  /** Where scripts must run, to find what they import: the project, unless given. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Finished {
  readonly out: string;
  readonly err: string;
  readonly status: number | null;
}

/** Starts Node with nothing of this process's environment but the path. */
export function start(args: readonly string[], { cwd = ROOT, env = {} }: ChildOptions = {}) {
  const child = spawn(process.execPath, args, { cwd, env: { PATH: process.env['PATH'], ...env } });
  child.stdin.on('error', () => undefined);
  return child;
}

/** Runs Node to its end with this on standard input. */
export async function run(
  args: readonly string[],
  input: string | Uint8Array = '',
  options?: ChildOptions,
): Promise<Finished> {
  const child = start(args, options);
  child.stdin.end(input);
  return finished(child);
}

/** Runs a line of the shell, in which `$0` is Node. */
export async function runShell(line: string, args: readonly string[], cwd = ROOT): Promise<Finished> {
  const child = spawn('bash', ['-c', line, process.execPath, ...args], { cwd });
  child.stdin.end();
  return finished(child);
}

async function finished(child: ReturnType<typeof start>): Promise<Finished> {
  const [out, err, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  return { out, err, status };
}
