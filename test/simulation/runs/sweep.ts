import { DEFAULT_MAX_SHARE } from '../../../src/application/poison-breaker.ts';
import { checkDerived } from '../../../src/simulation/checks/quiet-world.ts';
import type { CallFault, Port } from '../../../src/simulation/faults/call-faults.ts';
import type { Faults } from '../../../src/simulation/faults/fault-plan.ts';
import { MINUTE, SECOND, type Settings, START } from '../../../src/simulation/world/settings.ts';
import type { World } from '../../../src/simulation/world/world.ts';
import type { WorldEvent } from '../../../src/simulation/world/world-events.ts';
import type { Operation } from '../../../src/simulation/world/workload.ts';
import { FLEET } from '../subjects/fleet/fleet.ts';
import type { Scenario } from './golden-scenarios.ts';
import { type Run, runWorld } from '../../../src/simulation/runs/run-seed.ts';
import type { Variant } from '../../../src/simulation/runs/variant.ts';

/** What goes wrong with a call, in the order of trying. */
export const SWEEP_FAULTS = [
  'refused',
  'lost',
  'partial',
  'late',
  'crash before',
  'crash before, others lost',
  'crash after',
  'crash after, others lost',
] as const satisfies readonly CallFault[];

/** Those that leave the most behind, for what takes too long with all of them. */
export const NASTY_FAULTS = [
  'lost',
  'late',
  'crash before',
  'crash after, others lost',
] as const satisfies readonly CallFault[];

type Setup = Pick<Settings, 'seed' | 'backend' | 'failureMode' | 'gapMs'> & { readonly attempts: number };

/** How the worker is set up, and in which order what is under way arrives, which the seed decides. */
export const ALL_SETUPS: readonly Setup[] = (['memory', 'aws'] as const).flatMap((backend, half) => [
  { backend, attempts: 1, failureMode: 'report', gapMs: 0, seed: 4 * half + 1 },
  { backend, attempts: 1, failureMode: 'throw', gapMs: 100, seed: 4 * half + 2 },
  { backend, attempts: 2, failureMode: 'report', gapMs: 0, seed: 4 * half + 3 },
  { backend, attempts: 2, failureMode: 'report', gapMs: 100, seed: 4 * half + 4 },
]);

/** Two that differ in everything, for a sweep of seconds. */
export const FEW_SETUPS: readonly Setup[] = [ALL_SETUPS[0]!, ALL_SETUPS[7]!];

export interface SweepParts {
  readonly scenario: Scenario;
  readonly setups: readonly Setup[];
  /** What goes wrong with the call whose turn it is. */
  readonly fault: CallFault;
  /** What goes wrong with each of the calls after it as well, one in a run. */
  readonly second?: readonly CallFault[];
  readonly variant?: () => Partial<Variant>;
}

/** All is written by then, and done; then all comes again, then the oldest, then what was late. */
const DONE = START + 5 * MINUTE;
const AGAIN = START + 6 * MINUTE;
const OLDEST_AGAIN = START + 8 * MINUTE;
const QUIET = START + 10 * MINUTE;
const STEP = 20 * SECOND;

/**
 * Lets every call of the scenario go wrong, one in a run.
 *
 * @returns how many runs were made.
 * @throws Error that says what happened, as soon as something does not hold, or when a port was not called.
 */
export async function sweep(parts: SweepParts): Promise<number> {
  const { scenario, setups, fault, second = [], variant } = parts;
  let runs = 0;
  for (const setup of setups) {
    const sound = (...faults: (readonly [number, CallFault])[]) => {
      runs++;
      return runSound(scenario, setup, faults, variant);
    };
    const calls = await sound();
    const expected = [...scenario.ports, ...(setup.backend === 'memory' ? ['replica.apply'] : [])];
    const missing = expected.filter((port) => !(calls as readonly string[]).includes(port));
    if (missing.length > 0) throw new Error(`${scenario.name} does not call ${missing.join(', ')}`);
    for (let call = 1; call <= calls.length; call++) {
      const { length } = await sound([call, fault]);
      for (const other of second)
        for (let next = call + 1; next <= length; next++) await sound([call, fault], [next, other]);
    }
  }
  return runs;
}

/** The calls that were made until all was done for the first time. */
async function runSound(
  scenario: Scenario,
  setup: Setup,
  faults: readonly (readonly [number, CallFault])[],
  variant: (() => Partial<Variant>) | undefined,
): Promise<readonly Port[]> {
  const run = async (trace?: (line: string) => void): Promise<Run & { readonly plan: CallPlan }> => {
    const plan = new CallPlan(new Map(faults));
    const result = await runWorld(settingsOf(scenario, setup), {
      subject: FLEET,
      schedule: { ...scheduleOf(scenario), faults: plan },
      onStart: (world) => {
        for (const time of [DONE, OLDEST_AGAIN - SECOND, QUIET - SECOND])
          world.scheduler.at(time, () => checkWhenCalm(world));
      },
      ...(variant === undefined ? {} : { variant }),
      ...(trace === undefined ? {} : { trace }),
    });
    return { ...result, plan };
  };
  const { violation, plan } = await run();
  if (violation === undefined && plan.met === faults.length) return plan.ports;
  const lines: string[] = [];
  await run((line) => lines.push(line));
  const what = violation?.message ?? 'a call that was to go wrong was not made';
  const how = faults.map(([call, fault]) => `call ${call}, ${plan.ports[call - 1] ?? 'later'}: ${fault}`);
  throw new Error(
    [what, `scenario: ${scenario.name}`, `setup: ${JSON.stringify(setup)}`, ...how, ...lines].join('\n  '),
    { cause: violation },
  );
}

/** Numbers the calls of a run from 1, whichever process makes them, and says what goes wrong with each. */
class CallPlan implements Faults {
  /** The ports of the calls until all was done for the first time. */
  readonly ports: Port[] = [];
  met = 0;
  #calls = 0;
  readonly #faults: ReadonlyMap<number, CallFault>;

  constructor(faults: ReadonlyMap<number, CallFault>) {
    this.#faults = faults;
  }

  ofCall(port: Port, now: number): CallFault | undefined {
    if (now < DONE) this.ports.push(port);
    const fault = this.#faults.get(++this.#calls);
    if (fault !== undefined) this.met++;
    return fault;
  }

  ofIndexer(): undefined {
    return undefined;
  }

  ofReader(): undefined {
    return undefined;
  }

  duplicates(): boolean {
    return false;
  }
}

async function checkWhenCalm(world: World): Promise<void> {
  const { pool, queue, scheduler } = world;
  const isBusy = pool.instances.some(({ alive, invocation }) => alive && invocation?.finished === false);
  if (isBusy || queue.size > 0) scheduler.in(SECOND, () => checkWhenCalm(world));
  else await checkDerived(world);
}

function scheduleOf({ steps }: Scenario): {
  operations: readonly Operation[];
  events: readonly WorldEvent[];
} {
  const operations: Operation[] = [];
  const events: WorldEvent[] = [];
  const add = (kind: WorldEvent['kind'], at: number, rest: Partial<WorldEvent> = {}) =>
    events.push({ name: `${kind} ${events.length}`, kind, at, which: 0, span: 0, ...rest });
  for (const [index, { writes, isHeld, onNewStream, again }] of steps.entries()) {
    const at = START + SECOND + index * STEP;
    if (isHeld) add('hold', at - 1, { span: 1.5 * STEP });
    if (onNewStream) add('new stream', at - 1);
    // So close together that nobody reads between two of them.
    const first = operations.length;
    operations.push(
      ...writes.map((write, n) => ({ ...write, name: `write ${first + n}`, at: at + n / 100, note: 0 })),
    );
    if (again !== undefined) add('redelivery', at + 1, { writes: again });
    add('redelivery', AGAIN + index * STEP, { writes: writes.map((_, n) => first + n) });
  }
  add('redelivery', OLDEST_AGAIN, { writes: steps[0]!.writes.map((_, n) => n) });
  return { operations, events };
}

function settingsOf(
  { steps, quarantine }: Scenario,
  { seed, backend, failureMode, gapMs, attempts }: Setup,
): Settings {
  const isBlocked =
    !quarantine && steps.some(({ writes }) => writes.some(({ spoil }) => spoil !== undefined));
  return {
    seed,
    backend,
    failureMode,
    gapMs,
    quarantine,
    retries: { attempts, conflicts: 16, baseMs: 50, capMs: 2 * SECOND },
    faults: 'light',
    quietFrom: QUIET,
    // Only poison without a quarantine is ever given up.
    maxAttempts: isBlocked ? 3 : Infinity,
    maxAgeMs: Infinity,
    bisect: true,
    batchSize: 100,
    wholeBatches: 1,
    windowMs: 0,
    lanes: 1,
    warm: true,
    latencyMs: 30,
    perRequest: 2,
    timeoutMs: 10 * SECOND,
    marginMs: 100,
    isQueueOrdered: true,
    isIndexerBusy: false,
    visibilityMs: 90 * SECOND,
    remembered: 10_000,
    quarantineMaxShare: DEFAULT_MAX_SHARE,
    theme: 'mixed',
    callFaults: [],
    faultyPort: undefined,
    poison: 0,
    epidemic: undefined,
    refusals: 0,
    misdirected: false,
    refusedContent: 0,
    malformed: false,
    items: 0,
    operations: 0,
    handOvers: 0,
    floods: 0,
    floodPort: 'matcher.apply',
    endsEmpty: false,
    splits: 0,
    recreations: 0,
    failovers: 0,
    rollBacks: 0,
    strays: 0,
    redefinitions: 0,
    redrives: 0,
    reader: undefined,
  };
}
