import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '../../support/command-line.ts';
import { BUNDLED_CONTRAIL } from '../../support/bundled-contrail.ts';

const LOOK_MS = 250;
const MIB = 1_024;

/** What a command took, and said. */
export interface MeasuredRun {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
  /** The most memory that it had resident, in MiB; undefined where the system does not tell. */
  readonly peak: number | undefined;
  /** The same of the first half of its time, and of the second. */
  readonly halves: readonly [number, number];
}

/** A command with a limit to its heap, in MiB, whose memory is looked at while it runs. */
export async function measuredCommand(
  args: readonly string[],
  { cwd, env, heap }: { cwd: string; env: Readonly<Record<string, string>>; heap: number },
): Promise<MeasuredRun> {
  const from = performance.now();
  const child = start([`--max-old-space-size=${heap}`, ...BUNDLED_CONTRAIL, ...args], { cwd, env });
  child.stdin.end();
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const looks: { readonly at: number; readonly resident: number }[] = [];
  let peak: number | undefined;
  const running = new AbortController();
  const looking = (async () => {
    while (!running.signal.aborted) {
      const memory = await memoryOf(child.pid ?? 0);
      if (memory !== undefined) {
        looks.push({ at: performance.now(), resident: memory.resident });
        ({ peak } = memory);
      }
      await sleep(LOOK_MS);
    }
  })();
  const [out, err] = await ended;
  const until = performance.now();
  running.abort();
  await looking;
  const middle = (from + until) / 2;
  const most = (some: typeof looks) => some.reduce((so, { resident }) => Math.max(so, resident), 0);
  return {
    ...{ status: child.exitCode, out, err, seconds: (until - from) / 1_000, peak },
    halves: [most(looks.filter(({ at }) => at < middle)), most(looks.filter(({ at }) => at >= middle))],
  };
}

async function memoryOf(pid: number) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const of = (name: string) => {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / MIB;
  };
  const [resident, peak] = [of('VmRSS'), of('VmHWM')];
  return resident === undefined ? undefined : { resident, peak };
}
