import { withCommands } from '../commands/command-settings.ts';
import { withReader } from '../reader/reader-settings.ts';
import { chanceOf } from '../world/chance.ts';
import { Choices } from '../world/choices.ts';
import { checkQuietWorld } from '../checks/quiet-world.ts';
import { type Settings, settingsOf } from '../world/settings.ts';
import type { Subject, SubjectSource } from '../world/subject.ts';
import type { Variant } from './variant.ts';
import { Violation } from '../checks/violation.ts';
import { type Schedule, World } from '../world/world.ts';

/** More than any world needs that becomes quiet at all. */
const MOST_EVENTS = 50_000;

export interface RunOptions {
  readonly subject: SubjectSource;
  readonly schedule?: Schedule;
  /** Who reads the stream; the seed decides, unless given. */
  readonly read?: 'lambda' | 'processes';
  /** Whether an operator's commands run, where Lambda reads the stream; the seed decides, unless given. */
  readonly commands?: boolean;
  /** Called before anything happens. */
  readonly onStart?: (world: World) => void;
  readonly variant?: () => Partial<Variant>;
  /** The choices to take; undefined for all. */
  readonly only?: ReadonlySet<string>;
  readonly trace?: (line: string) => void;
}

export interface Run {
  readonly seed: number;
  readonly settings: Settings;
  readonly violation: Violation | undefined;
  /** The names of everything that was done in this run and could have been left out. */
  readonly taken: readonly string[];
  readonly events: number;
  readonly invocations: number;
  readonly records: number;
  /** How often what happened. */
  readonly happened: ReadonlyMap<string, number>;
}

export function runSeed(seed: number, options: RunOptions): Promise<Run> {
  const choices = new Choices(options.only);
  const { subject: source } = options;
  const { read = readerOf(seed), commands = haveCommands(seed) } = options;
  const subject = typeof source === 'function' ? source(seed, (name) => choices.take(name)) : source;
  const settings = settingsOf(seed, subject);
  const ofLambda = commands ? withCommands(settings) : settings;
  const own = read === 'lambda' ? ofLambda : withReader(settings);
  return runWorld(own, { ...options, subject }, choices);
}

/** In the worlds of some seeds an operator fills, compares, mends and redrives. */
function haveCommands(seed: number): boolean {
  return chanceOf(seed, 'who operates').chance(0.25);
}

/** Of some seeds, processes read the stream. */
function readerOf(seed: number): NonNullable<RunOptions['read']> {
  return chanceOf(seed, 'who reads').chance(0.2) ? 'processes' : 'lambda';
}

/** Runs one world until it is quiet, or something is wrong. The same settings and choices always do the same. */
export async function runWorld(
  settings: Settings,
  options: RunOptions & { readonly subject: Subject },
  choices = new Choices(options.only),
): Promise<Run> {
  const world = new World(settings, {
    subject: options.subject,
    choices,
    schedule: options.schedule,
    ...(options.variant === undefined ? {} : { variant: options.variant() }),
    ...(options.trace === undefined ? {} : { trace: options.trace }),
  });
  options.subject.code?.reset?.();
  options.onStart?.(world);
  const { invariants, scheduler } = world;
  const rejected = (reason: unknown) => {
    invariants.report('no rejection is unhandled', String(reason), reason);
  };
  process.on('unhandledRejection', rejected);

  let violation: Violation | undefined;
  const untilQuiet = async () => {
    while (invariants.violation === undefined && (await scheduler.step()))
      if (scheduler.fired > MOST_EVENTS) invariants.report('the world becomes quiet', stuck(world));
  };
  try {
    await untilQuiet();
    await world.commands?.prove(untilQuiet);
    if (invariants.violation === undefined) await checkQuietWorld(world);
    violation = invariants.violation;
  } catch (error) {
    violation = new Violation('the simulation itself works', String(error), { cause: error });
  } finally {
    process.off('unhandledRejection', rejected);
  }
  if (violation !== undefined) options.trace?.(`violated: ${violation.message}`);
  return {
    seed: settings.seed,
    settings,
    violation,
    taken: choices.taken,
    events: scheduler.fired,
    invocations: world.batches.begun,
    records: world.ledger.entries.length,
    happened: world.counts.all,
  };
}

function stuck({ ledger, scheduler, queue }: World): string {
  const open = ledger.entries.filter((entry) => !ledger.isHandled(entry));
  return (
    `after ${scheduler.fired} events, at ${new Date(scheduler.now).toISOString()}, it still goes on; not handled: ` +
    `${open.map(({ number }) => `#${number}`).join(' ') || 'nothing'}; ${queue.size} messages in the queue`
  );
}
