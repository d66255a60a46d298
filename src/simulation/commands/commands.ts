import { setMaxListeners } from 'node:events';
import { MemoryNotes } from '../../adapters/memory/memory-notes.ts';
import type { GivenUpMessages } from '../../application/ports/given-up.ts';
import { BACKFILL_DEFAULTS } from '../../application/backfill/backfill.ts';
import { VERIFY_DEFAULTS, type VerifyOptions } from '../../application/drift/verify-parts.ts';
import { DRIFT_KINDS } from '../../domain/drift/finding.ts';
import { type ItemKey, itemKey } from '../../domain/row.ts';
import type { Random } from '../../random/random.ts';
import { checkDerived } from '../checks/quiet-world.ts';
import { chanceOf } from '../world/chance.ts';
import type { Entry } from '../world/entry.ts';
import type { Write } from '../world/source-table.ts';
import { MINUTE, SECOND, START } from '../world/settings.ts';
import type { Operation } from '../world/workload.ts';
import type { World } from '../world/world.ts';
import type { CommandProcess } from './command-process.ts';
import { CommandRun, type CommandRunParts } from './command-run.ts';
import type { CommandName, CommandSettings } from './command-settings.ts';
import { GivenUpRecords } from './given-up-records.ts';
import { expectedIn, type Planted, plantOne } from './planted/plant.ts';
import { LateWrites } from './late-writes.ts';
import { Verified } from './verified.ts';

type Take = (name: string) => boolean;

/** Of so many processes of a command calls fail, once all else is over. */
const FAULTY = 2;

/** What an operator does in a world: rows are filled, compared and mended, and what was given up is redriven, beside the live stream. */
export class Commands {
  /** How far backfills are, for all processes. */
  readonly notes = new MemoryNotes();
  /** Rows whose latest change the stream does not have, and nobody has filled since. */
  readonly unseen = new Set<string>();
  /** Whether the definition has changed, and nothing is filled by the new one yet. */
  isBetweenDefinitions = false;
  readonly #world: World;
  readonly #settings: CommandSettings;
  readonly #operations: readonly Operation[];
  readonly #take: Take;
  readonly #random: Random;
  readonly #givenUp: GivenUpRecords;
  readonly #lost: ReadonlySet<Operation>;
  readonly #runs: CommandRun[] = [];
  #hasLost = false;
  #begun = 0;

  constructor(world: World, settings: CommandSettings, operations: readonly Operation[], take: Take) {
    this.#world = world;
    this.#settings = settings;
    this.#operations = operations;
    this.#take = take;
    const { seed } = world.settings;
    this.#random = chanceOf(seed, 'what an operator does');
    this.#givenUp = new GivenUpRecords(world, () => {
      this.#begin('redrive');
    });
    const lost = chanceOf(seed, 'lost operations');
    this.#lost = new Set(
      operations.filter((operation) => lost.chance(settings.lost) && take(`lost: ${operation.name}`)),
    );
    this.#schedule();
  }

  /** Whether the stream never says anything of it. */
  isLost(operation: Operation): boolean {
    return this.#lost.has(operation);
  }

  lose(write: Write): void {
    this.#hasLost = true;
    this.unseen.add(write.item.key);
    this.#world.changes.writeUnseen(write);
    this.#world.counts.add('a write is lost');
  }

  /** Takes over records that were given up; false where they are to be delivered again. */
  redrive(entries: readonly Entry[], after: number, done: (left: readonly Entry[]) => void): boolean {
    return this.#settings.redrives && this.#givenUp.take(entries, after, done);
  }

  /** Another definition is deployed: whoever goes on does so by that. */
  redefined(): void {
    this.isBetweenDefinitions = true;
    for (const run of this.#runs) run.restart();
  }

  /** Once all else is over: all is filled that must be, then something is planted, found and mended. */
  async prove(untilQuiet: () => Promise<void>): Promise<void> {
    const { invariants } = this.#world;
    const isOver = () => invariants.violation !== undefined;
    if (isOver()) return;
    if (this.isBetweenDefinitions) this.#begin('backfill', { faulty: FAULTY });
    else if (this.#hasLost)
      this.#begin(this.#random.pick(['backfill', 'repair'] as const), { faulty: FAULTY });
    await untilQuiet();
    if (isOver()) return;
    this.unseen.clear();
    this.isBetweenDefinitions = false;
    await checkDerived(this.#world);
    if (isOver()) return;
    if (this.#settings.fillsAgain) await this.#fillBesideWrites(untilQuiet);
    if (isOver()) return;
    const planted = await this.#plant();
    await untilQuiet();
    if (isOver()) return;
    const late = this.#settings.writesGoOn
      ? new LateWrites(this.#world, this.#operations, planted, this.#take, 'beside verify')
      : undefined;
    late?.begin(5 * MINUTE);
    await this.#find('verify', planted, late, untilQuiet);
    if (isOver()) return;
    this.#begin('repair', { faulty: FAULTY, planted });
    await untilQuiet();
    if (isOver()) return;
    await this.#find('verify', [], undefined, untilQuiet);
  }

  /** So many changes in so little time that a backfill meets those that are the last ones. */
  async #fillBesideWrites(untilQuiet: () => Promise<void>): Promise<void> {
    const world = this.#world;
    // About as long as it takes.
    const span = Math.max(2 * SECOND, 20 * this.#settings.latencyMs);
    new LateWrites(world, this.#operations, [], this.#take, 'beside backfill').begin(span);
    this.#begin('backfill', { faulty: FAULTY });
    await untilQuiet();
    if (world.invariants.violation === undefined) await checkDerived(world);
  }

  /** Has all that is planted found, and nothing else. */
  async #find(
    command: 'verify',
    planted: readonly Planted[],
    late: LateWrites | undefined,
    untilQuiet: () => Promise<void>,
  ): Promise<void> {
    let verified: Verified | undefined;
    this.#begin(command, { faulty: FAULTY, planted, onVerified: (one) => (verified = one) });
    await untilQuiet();
    if (this.#world.invariants.violation !== undefined) return;
    verified?.checkComplete(late !== undefined);
  }

  async #plant(): Promise<readonly Planted[]> {
    const world = this.#world;
    const planted: Planted[] = [];
    const used = new Set<string>();
    for (let number = 0; number < this.#settings.planted; number++) {
      if (!this.#take(`planted ${number}`)) continue;
      if (planted.some(({ isSource }) => isSource === true)) break;
      const more = await plantOne({
        ...{ world, random: chanceOf(world.settings.seed, 'planted', number), expected: expectedIn(world) },
        isQuiet: !this.#settings.writesGoOn,
        isFree: (row: ItemKey) =>
          !used.has(itemKey(row)) && (!this.#settings.writesGoOn || isOfSource(world, row)),
        isNew: ({ derivation, item }) =>
          !planted.some((one) => one.derivation === derivation && one.item === item),
        isFirst: planted.length === 0,
      });
      for (const one of more) {
        world.trace(() => `planted: ${one.drift} ${one.derivation} ${one.item}`);
        world.counts.add(`planted: ${one.drift} ${one.item.split(' ')[0] ?? ''}`);
        if (one.row !== undefined) used.add(itemKey(one.row));
        planted.push(one);
      }
    }
    return planted;
  }

  /** Rows that are there before the stream is, and what is begun while it goes on. */
  #schedule(): void {
    const { scheduler, settings } = this.#world;
    const random = chanceOf(settings.seed, 'unseen rows');
    const items = [...new Set(this.#operations.map(({ item }) => item))];
    for (const item of items) {
      const variant = random.int(0, 7);
      if (!random.chance(this.#settings.unseen) || !this.#take(`there before: ${item.key}`)) continue;
      const operation: Operation = {
        ...{ name: `there before: ${item.key}`, at: START, item, variant, action: 'put', note: 0 },
      };
      scheduler.at(START, () => {
        const write = this.#world.source.write(operation);
        if (write === undefined || write.before !== undefined) return;
        this.unseen.add(item.key);
        this.#world.changes.writeUnseen(write);
        this.#world.counts.add('a row is there before the stream');
      });
    }
    const names: CommandName[] = [...this.#settings.live];
    if (this.#settings.unseen > 0) names.unshift('backfill');
    for (const [index, command] of names.entries()) {
      // Most often where it meets changes: the last ones are put right by none that comes after them.
      const met = random.weighted([
        [3, this.#operations.at(-1)?.at],
        [4, random.pick(this.#operations).at],
        [3, undefined],
      ]);
      const at =
        met === undefined ? random.int(START, settings.quietFrom - 1) : met - random.int(-SECOND, 8 * SECOND);
      // Without it, nothing is ever derived of rows that were there before.
      const isNeeded = this.#settings.unseen > 0 && index === 0;
      if (!isNeeded && !this.#take(`command ${index}: ${command}`)) continue;
      scheduler.at(Math.max(at, START + 1), () => {
        this.#begin(command);
      });
    }
  }

  #begin(
    command: CommandName,
    {
      faulty,
      planted = [],
      onVerified = () => undefined,
    }: {
      readonly faulty?: number;
      readonly planted?: readonly Planted[];
      readonly onVerified?: (verified: Verified) => void;
    } = {},
  ): void {
    const number = ++this.#begun;
    this.#world.counts.add(`command: ${command}`);
    const parts: Omit<CommandRunParts, 'work' | 'givenUp' | 'onDone'> = {
      ...{ world: this.#world, command, number, notes: this.notes, latencyMs: this.#settings.latencyMs },
      ...(faulty === undefined ? {} : { faulty }),
    };
    const begin = (
      work: (useCases: CommandProcess) => Promise<unknown>,
      givenUp: () => GivenUpMessages = () => this.#givenUp.messages(),
      onDone: () => void = () => undefined,
    ) => this.#runs.push(new CommandRun({ ...parts, work, givenUp, onDone }));
    switch (command) {
      case 'backfill':
        begin((useCases) => this.#fill(useCases));
        return;
      case 'redrive':
        begin(
          (useCases) => this.#redriveBy(useCases),
          undefined,
          () => {
            this.#givenUp.done();
          },
        );
        return;
      case 'verify':
      case 'repair':
        begin(async (useCases) => {
          const { settleMs } = this.#settings;
          const verified = new Verified({ world: this.#world, name: command, planted, settleMs });
          const kinds = command === 'repair' ? { repair: DRIFT_KINDS } : {};
          const figures = await useCases.verify.execute(
            { ...this.#verifyOptions, ...kinds },
            verified,
            never(),
          );
          // Once all else is over, whoever is told that something is left has it mended again.
          const isLeft = figures.findings > figures.mended || figures.undecided > 0;
          if (command === 'repair' && faulty !== undefined && isLeft) throw new Error('something is left');
          onVerified(verified);
        });
    }
  }

  get #verifyOptions(): VerifyOptions {
    const { settleMs, segments, pageRows, most } = this.#settings;
    return {
      ...VERIFY_DEFAULTS,
      ...{ settleMs, segments, pageRows, mostSuspects: most, mostTuples: most, mostSeen: most },
    };
  }

  async #fill(useCases: CommandProcess): Promise<void> {
    const { segments, pageRows, most } = this.#settings;
    await useCases.backfill.execute(
      { ...BACKFILL_DEFAULTS, segments, pageRows, mostSeen: most, rate: undefined, run: useCases.name },
      { onRefused: () => undefined },
      never(),
    );
    // Of those that were there before it began nothing is left to be done.
    if (this.#settings.unseen > 0 && !this.isBetweenDefinitions) this.unseen.clear();
  }

  async #redriveBy(useCases: CommandProcess): Promise<void> {
    await useCases.redrive.execute(
      useCases.givenUp,
      { isDry: false, rate: undefined },
      ({ place, why }) => {
        this.#world.trace(() => `${place} stays: ${why}`);
      },
      never(),
    );
  }
}

/** Nobody stops it. */
function never(): AbortSignal {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
}

/** Whether the worker has never written such a row: one that it writes changes when another does. */
function isOfSource({ ledger }: World, key: ItemKey): boolean {
  return !ledger.entries.some(({ item, at }) => item === undefined && itemKey(at) === itemKey(key));
}
