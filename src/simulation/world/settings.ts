import { DEFAULT_MAX_SHARE } from '../../application/poison-breaker.ts';
import type { RetryPolicy } from '../../application/retry.ts';
import type { Random } from '../../random/random.ts';
import { chanceOf } from './chance.ts';
import { CALL_FAULTS, type Port, type SeededFault } from '../faults/call-faults.ts';
import type { CommandSettings } from '../commands/command-settings.ts';
import type { ReaderSettings } from '../reader/reader-settings.ts';
import type { Subject } from './subject.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** When every run begins. */
export const START = Date.UTC(2026, 0, 5, 10);

/** Which items a world has: some of all, or those that have most to do with one another. */
export type Theme = 'mixed' | 'one entity' | 'one kind';

export type FaultLevel = 'none' | 'light' | 'heavy';

/** What kind of world a seed makes. Times in milliseconds. */
export interface Settings {
  readonly seed: number;
  /** `aws`: the worker reads the table itself, which is ahead of its stream. `memory`: a replica built of the records. */
  readonly backend: 'aws' | 'memory';
  readonly quarantine: boolean;
  /** How likely a record is spoiled on its way. */
  readonly poison: number;
  /** How a writer spoils most of its records, by `Spoil.what`; undefined where each is spoiled in a way of its own. */
  readonly epidemic: string | undefined;
  /** How often a service refuses writes, all of a call or some, beside what else goes wrong. */
  readonly refusals: number;
  /** Whether records may be taken for those of another table: they are held until they are given up. */
  readonly misdirected: boolean;
  /** How much of what is written the services refuse for what it holds, whoever asks for it and however often. */
  readonly refusedContent: number;
  /** Which share of a batch's items may be quarantined for one reason; 1 where an operator has turned the breaker off. */
  readonly quarantineMaxShare: number;
  /** Whether the table has rows of which nothing can ever be made. */
  readonly malformed: boolean;
  readonly faults: FaultLevel;
  /** From when on nothing goes wrong any more, and nobody writes. */
  readonly quietFrom: number;
  /** Which of the faults that a call may meet do occur: some show only where others are rare. */
  readonly callFaults: readonly SeededFault[];
  /** The only port whose calls go wrong, and then often; undefined for all. */
  readonly faultyPort: Port | undefined;
  readonly theme: Theme;
  readonly items: number;
  readonly operations: number;
  /** How often an entity's only row goes and another comes soon after. */
  readonly handOvers: number;
  /** How often many items are written at once, so that a call has several entries. */
  readonly floods: number;
  /** Which port that call is of. */
  readonly floodPort: Port;
  /** Whether everything is removed in the end. */
  readonly endsEmpty: boolean;
  readonly splits: number;
  readonly recreations: number;
  /** How often the table moves to one of another ARN: the copy in another region, whose stream may well be the older. */
  readonly failovers: number;
  /** How often the table moves back to one that it was moved from, with the same stream or with a new one. */
  readonly rollBacks: number;
  /** How often the definition changes; 0 or 1. */
  readonly redefinitions: number;
  readonly strays: number;
  /** How many batches that were handled come again days later. */
  readonly redrives: number;
  readonly failureMode: 'report' | 'throw';
  readonly batchSize: number;
  /** How likely a batch is as large as it may be. */
  readonly wholeBatches: number;
  readonly windowMs: number;
  readonly lanes: number;
  /** Whether a batch goes to the instance that was busy last, as long as one is free: so that it meets it again. */
  readonly warm: boolean;
  readonly bisect: boolean;
  readonly maxAttempts: number;
  readonly maxAgeMs: number;
  readonly timeoutMs: number;
  readonly marginMs: number;
  /** How long a request, or its answer, is on its way at most when nothing is wrong. */
  readonly latencyMs: number;
  /** How long after one request of a call the next takes effect at most; 0: all at one moment. */
  readonly gapMs: number;
  /** Entries in one request. */
  readonly perRequest: number;
  readonly retries: RetryPolicy;
  /** How long a message of the search queue stays hidden once it is received. */
  readonly visibilityMs: number;
  /** Whether the search queue delivers a document's messages in order. */
  readonly isQueueOrdered: boolean;
  /** Whether the indexer's processes take few messages at a time, slowly and with many faults, so that they meet. */
  readonly isIndexerBusy: boolean;
  /** How processes read the stream; undefined where Lambda does. */
  readonly reader: ReaderSettings | undefined;
  /** What an operator does; undefined for nothing. */
  readonly commands?: CommandSettings;
  /** How many accepted actions a worker remembers, and how many quarantined records. */
  readonly remembered: number;
}

/** Ways in which any record can be spoiled, and which fail for the same reason whatever its row. */
const SAME_REASON = ['no keys', 'no SequenceNumber', 'an unknown eventName'];

export function settingsOf(seed: number, subject: Subject): Settings {
  const random = chanceOf(seed, 'settings');
  const faults = random.weighted<FaultLevel>([
    [2, 'none'],
    [4, 'light'],
    [4, 'heavy'],
  ]);
  const poison = random.chance(0.5) ? 0 : random.pick([0.05, 0.2]);
  const quarantine = random.chance(0.5);
  // In such worlds much happens at once, as what is refused alone is so only beside others.
  const refusals = chanceOf(seed, 'refusals').pick([0, 0, 0, 0, 0.6]);
  const inARush = refusals > 0;
  const epidemics = chanceOf(seed, 'epidemic');
  const epidemic = poison > 0 && epidemics.chance(0.25) ? epidemics.pick(SAME_REASON) : undefined;
  const active = random.pick([20 * SECOND, 2 * MINUTE, 10 * MINUTE, 40 * MINUTE]);
  const bounded = random.pick(['attempts', 'age', 'both', 'neither'] as const);
  const malformed = random.chance(0.1);
  const hasPoison = poison > 0 || malformed;
  // Without a bound, poison would hold its shard for good where it does not go to quarantine, or not when there is much.
  const isHeld = hasPoison && (!quarantine || epidemic !== undefined);
  const bound = bounded === 'neither' && isHeld ? 'attempts' : bounded;
  // A bound that a quarantine alone did not ask for is drawn apart, so that all else stays as it was.
  const attempts = () => (bound === bounded || !quarantine ? random : chanceOf(seed, 'bound')).int(1, 5);
  const timeoutMs = random.pick([3 * SECOND, 10 * SECOND, MINUTE]);
  const requests = chanceOf(seed, 'requests');
  const handsOver = requests.chance(0.08);
  const floodPort = requests.chance(0.1) ? requests.pick(subject.floods) : undefined;
  const failovers = failoversOf(seed);
  const isIndexerBusy = chanceOf(seed, 'busy indexer').chance(0.3);
  const settings: Settings = {
    seed,
    backend: random.pick(['aws', 'aws', 'memory']),
    quarantine: quarantine || inARush,
    poison,
    epidemic,
    refusals,
    misdirected: bound !== 'neither',
    refusedContent: inARush ? 0.1 : 0,
    // What blocks for good is only that of which too much is poison: without a bound, somebody has turned that off.
    quarantineMaxShare: bound === 'neither' && (hasPoison || inARush) ? 1 : DEFAULT_MAX_SHARE,
    malformed,
    faults,
    quietFrom: START + (inARush ? 20 * SECOND : active),
    ...faultsOf(random, subject.ports, floodPort),
    theme: random.weighted<Theme>([
      [6, 'mixed'],
      [4, 'one entity'],
      [1, 'one kind'],
    ]),
    // Few documents that change often, so that those who write them meet.
    items: Math.min(random.int(1, 12), isIndexerBusy ? 4 : 12),
    endsEmpty: random.chance(0.5),
    operations: Math.max(random.int(3, 50), isIndexerBusy ? 20 : 0),
    splits: random.int(0, 3),
    recreations: random.chance(0.25) ? 1 : 0,
    failovers,
    rollBacks: failovers > 0 ? chanceOf(seed, 'roll-backs').pick([0, 1, 1, 2]) : 0,
    redefinitions: redefinitionsOf(seed, subject),
    strays: random.int(0, 6),
    failureMode: random.chance(0.15) ? 'throw' : 'report',
    batchSize: Math.max(random.pick([1, 2, 5, 10, 100]), inARush ? 10 : 0),
    wholeBatches: 0.8,
    windowMs: Math.max(random.pick([0, 200, 5 * SECOND]), inARush ? 5 * SECOND : 0),
    lanes: Math.max(random.pick([1, 1, 2, 4]), handsOver ? 4 : 1),
    warm: poison > 0 && quarantine && chanceOf(seed, 'warm').chance(0.5),
    bisect: random.chance(0.5),
    maxAttempts: bound === 'attempts' || bound === 'both' ? attempts() : Infinity,
    maxAgeMs: bound === 'age' || bound === 'both' ? random.pick([MINUTE, 10 * MINUTE]) : Infinity,
    timeoutMs,
    // With time enough, requests may be slow: then more of them are under way together.
    latencyMs: timeoutMs < 10 * SECOND ? 30 : random.pick([30, 300, 600]),
    marginMs: random.pick([100, SECOND]),
    // So long that somebody else may read, decide and write meanwhile; without faults not so long that time runs out.
    gapMs: faults === 'none' ? requests.pick([0, 100]) : handsOver ? 3 * SECOND : requests.pick([0, 0, 100]),
    perRequest: requests.int(1, 3),
    handOvers: handsOver ? requests.int(3, 6) : 0,
    floods: floodPort === undefined ? 0 : requests.int(2, 4),
    floodPort: floodPort ?? 'matcher.apply',
    redrives: requests.chance(0.3) ? requests.int(1, 2) : 0,
    retries: {
      attempts: random.int(1, 4),
      conflicts: 16,
      baseMs: random.pick([0, 50, 500]),
      capMs: 2 * SECOND,
    },
    visibilityMs: random.pick([90 * SECOND, 5 * MINUTE]),
    isIndexerBusy,
    reader: undefined,
    isQueueOrdered: chanceOf(seed, 'queue').chance(isIndexerBusy ? 0.3 : 0.7),
    remembered: chanceOf(seed, 'accepted actions').pick([1, 3, 10_000, 10_000]),
  };
  const isInTurn = subject.ports.some((port) => port === 'effect.run' || port === 'rows.apply');
  return faults === 'none' && isInTurn ? withTimeForAll(settings) : settings;
}

/**
 * The same, with requests so fast that the time is enough for a batch whose records are all of one item: its effects, and rows
 * that are kept, are done one change after the other.
 */
function withTimeForAll(settings: Settings): Settings {
  const { latencyMs, timeoutMs, marginMs, batchSize } = settings;
  // For each change the rows are read and written, the code runs and is noted, there and back; and what comes before the first.
  const most = Math.floor((timeoutMs - marginMs) / (8 * batchSize + 10));
  return { ...settings, latencyMs: Math.max(1, Math.min(latencyMs, most)) };
}

function failoversOf(seed: number): number {
  return chanceOf(seed, 'failovers').weighted([
    [8, 0],
    [2, 1],
    [1, 2],
  ]);
}

function redefinitionsOf(seed: number, { later, redefined }: Subject): number {
  return later !== undefined && chanceOf(seed, 'redefinition').chance(redefined / 100) ? 1 : 0;
}

/** @param several a port that is called with several entries, of which some are to fail; undefined for none. */
function faultsOf(
  random: Random,
  ports: readonly Port[],
  several: Port | undefined,
): Pick<Settings, 'callFaults' | 'faultyPort'> {
  const callFaults = random.chance(0.3) ? CALL_FAULTS : CALL_FAULTS.filter(() => random.chance(0.3));
  const faultyPort = random.chance(0.4) ? random.pick(ports) : undefined;
  if (several === undefined) return { callFaults, faultyPort };
  return { callFaults: [...new Set([...callFaults, 'partial' as const])], faultyPort: several };
}
