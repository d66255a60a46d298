import { chanceOf } from '../world/chance.ts';
import { MINUTE, SECOND, type Settings } from '../world/settings.ts';

/** What an operator starts. */
export type CommandName = 'backfill' | 'verify' | 'repair' | 'redrive';

/** What an operator does in a world beside the live stream, and what the commands are told. Times in milliseconds. */
export interface CommandSettings {
  /** How likely an item has a row of which the stream never says anything: the table was there before it. */
  readonly unseen: number;
  /** How likely a write never comes with the stream. */
  readonly lost: number;
  /** What is begun while everything goes on, beside a backfill where there are unseen rows. */
  readonly live: readonly Exclude<CommandName, 'redrive'>[];
  /** Whether what was given up is redriven by the command, and not by delivering it again. */
  readonly redrives: boolean;
  /** Whether all is filled once more in the end, while many rows are written. */
  readonly fillsAgain: boolean;
  /** How many things are changed behind the worker's back in the end. */
  readonly planted: number;
  /** Whether writes go on while those are looked for. */
  readonly writesGoOn: boolean;
  /** How long a request, or its answer, is on its way at most. */
  readonly latencyMs: number;
  readonly settleMs: number;
  readonly segments: number;
  readonly pageRows: number;
  /** So much is kept in mind: the rest is looked at twice, or in another pass. */
  readonly most: number;
}

/** The same world, with an operator's commands in it. */
export function withCommands(settings: Settings): Settings {
  const random = chanceOf(settings.seed, 'commands');
  const isReplicated = settings.backend === 'memory';
  const story = isReplicated
    ? 'nothing'
    : random.pick(['unseen', 'unseen', 'unseen', 'lost', 'nothing'] as const);
  const live = ['backfill', 'verify', 'verify', 'repair'] as const;
  const commands: CommandSettings = {
    unseen: story === 'unseen' ? random.pick([0.3, 0.8]) : 0,
    lost: story === 'lost' ? random.pick([0.1, 0.4]) : 0,
    live: Array.from({ length: random.int(0, 3) }, () => random.pick(live)),
    redrives: random.chance(0.7),
    fillsAgain: random.chance(0.5),
    planted: random.int(1, 6),
    writesGoOn: random.chance(0.4),
    latencyMs: random.pick([settings.latencyMs, 2 * SECOND, 5 * SECOND]),
    settleMs: random.pick([2 * SECOND, 20 * SECOND, MINUTE]),
    segments: random.int(1, 3),
    pageRows: random.pick([1, 2, 5]),
    most: random.pick([2, 1_000_000, 1_000_000]),
  };
  return {
    ...settings,
    commands,
    // What is refused is so for a change: a command writes what no change is behind.
    refusedContent: 0,
  };
}
