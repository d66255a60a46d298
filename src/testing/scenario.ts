import type { TableDefinition } from '../domain/definition/define-table.ts';
import { kindOf } from '../domain/plain-value.ts';
import { compare } from './compare.ts';
import type { FailingAttempts } from './effect-calls.ts';
import { findAll, type Found } from './found.ts';
import type { Expected, FailingOf, State } from './kit-types.ts';
import { plainRecord } from './plain.ts';
import { GivenRow, type RowChange, RowRemoval, RowUpdate } from './row-factory.ts';
import { delivering, type Delivering, type KitSettings, ONCE, type WhenOptions } from './settings.ts';
import { SourceTable, type TableChange } from './source-table.ts';
import { RecordMaker, type StreamEvent } from './stream-record.ts';
import type { TestClock } from './test-clock.ts';
import { World } from './world.ts';

/** What all tests with a kit share. */
export interface KitContext {
  readonly definition: TableDefinition;
  readonly settings: KitSettings;
  readonly clock: TestClock;
}

/** Changes that were there before the test, or that it is about. */
interface Step {
  readonly changes: readonly TableChange[];
  readonly at: number;
  readonly how: Delivering;
  readonly failing: Readonly<Record<string, FailingAttempts | undefined>>;
  readonly isGiven: boolean;
  readonly runsEffects: boolean;
}

/** How a table came to be as it is given. */
export interface GivenOptions {
  /** `run`: the code of effects runs for these rows too. Otherwise it counts as having run. */
  readonly effects?: 'run';
}

/**
 * A table as it is, and what then happens to it. Nothing runs before `then` or `state`; each of them runs it anew, in a world
 * of its own, so that one scenario may be the beginning of several tests.
 */
export class Scenario<Derived = unknown> {
  readonly #context: KitContext;
  readonly #table: SourceTable;
  readonly #steps: readonly Step[];

  private constructor(context: KitContext, table: SourceTable, steps: readonly Step[]) {
    this.#context = context;
    this.#table = table;
    this.#steps = steps;
  }

  /** @throws Error for a row that is given twice, or is none. */
  static given<Derived>(
    context: KitContext,
    rows: readonly GivenRow[],
    { effects }: GivenOptions,
  ): Scenario<Derived> {
    const wrong = rows.findIndex((row) => !((row as unknown) instanceof GivenRow));
    if (wrong >= 0)
      throw new Error(
        `given takes rows, as the factories in rows make them, and was given ${named(rows[wrong])}`,
      );
    const at = context.clock.now();
    const [table, changes] = new SourceTable().with(rows, at);
    const runsEffects = effects === 'run';
    return new Scenario(context, table, [
      { changes, at, how: ONCE, failing: {}, isGiven: true, runsEffects },
    ]);
  }

  /**
   * Makes changes, in their order, and delivers them.
   *
   * @throws Error for a change of a row that is not there, or an option that is wrong.
   */
  when(
    changes: RowChange | readonly RowChange[],
    options: WhenOptions<FailingOf<Derived>> = {},
  ): Scenario<Derived> {
    const all = Array.isArray(changes) ? (changes as readonly RowChange[]) : [changes as RowChange];
    const wrong = all.findIndex((change) => !isChange(change));
    if (wrong >= 0)
      throw new Error(
        `when takes changes, as the factories in rows make them, and was given ${named(all[wrong])}`,
      );
    const { definition, clock } = this.#context;
    const effects = definition.model.effects.map(({ name }) => name);
    const { at, how, failing } = delivering(options as WhenOptions, effects, clock.now());
    if (all.length === 0)
      throw new Error('when was given no changes, so that nothing happens: give it one, or leave it out');
    const [table, told] = this.#table.after(all, at);
    return new Scenario(this.#context, table, [
      ...this.#steps,
      { changes: told, at, how, failing, isGiven: false, runsEffects: true },
    ]);
  }

  /**
   * Runs it, and compares what is expected with what there is.
   *
   * @returns the state, so that more may be asserted of it.
   * @throws AssertionError with all differences.
   */
  async then(expected: Expected<Derived>): Promise<State<Derived>>;
  async then(expected: unknown, reject?: unknown): Promise<unknown> {
    if (typeof expected === 'function') {
      const forgotten = new Error(
        'a scenario was awaited, and so nothing was compared: call .then({ … }) with what is expected, or .state()',
      );
      if (typeof reject !== 'function') throw forgotten;
      return (reject as (error: unknown) => unknown)(forgotten);
    }
    if (typeof expected !== 'object' || expected === null)
      throw new Error(`then takes an object of what is expected, and was given ${kindOf(expected)}`);
    const found = await this.#run();
    compare(found, expected);
    return stateOf(found);
  }

  /** Runs it, and gives all that there is then, without comparing anything. */
  async state(): Promise<State<Derived>> {
    return stateOf(await this.#run()) as State<Derived>;
  }

  /** The Lambda events of the changes that `when` makes, a batch each: for tests of a handler of one's own. */
  events(): StreamEvent[] {
    const { table, view } = this.#context.settings;
    const maker = new RecordMaker(table, view);
    return this.#steps
      .filter(({ isGiven }) => !isGiven)
      .flatMap(({ changes, how }) => {
        const records = changes.map((change) => maker.recordOf(change));
        const batches: StreamEvent[] = [];
        for (let from = 0; from < records.length; from += how.batch)
          batches.push({ Records: records.slice(from, from + how.batch) });
        return batches;
      });
  }

  async #run(): Promise<Found> {
    const { definition, settings } = this.#context;
    const world = new World(definition, settings);
    for (const { changes, at, how, failing, isGiven, runsEffects } of this.#steps) {
      world.effects.failing = failing;
      world.effects.isOn = runsEffects;
      await world.deliver(changes, at, how);
      if (world.effects.misuse !== undefined) throw world.effects.misuse;
      if (!isGiven) continue;
      const [failure] = world.failures;
      if (failure !== undefined)
        throw new Error(`a row that is given cannot be handled: ${failure.fault.message}`, {
          cause: failure.fault,
        });
      world.startAnew();
    }
    return findAll(world, settings.table);
  }
}

function isChange(given: unknown): given is RowChange {
  return given instanceof GivenRow || given instanceof RowUpdate || given instanceof RowRemoval;
}

function named(given: unknown): string {
  return typeof given === 'function' ? 'a function: call it' : kindOf(given);
}

function stateOf(found: Found): State {
  const { documents, counts, pointers, rows, effects, ...others } = found;
  const lists = (some: Found['counts']) => byName(some, (list) => list.rows.map(plainRecord));
  return {
    documents: byName(documents, (inCollection) => byName(inCollection, plainRecord)),
    counts: lists(counts),
    pointers: lists(pointers),
    rows: lists(rows),
    effects: byName(effects, (calls) => calls),
    ...others,
  };
}

function byName<T, U>(found: ReadonlyMap<string, T>, plain: (one: T) => U): Record<string, U> {
  return Object.fromEntries(Array.from(found, ([name, one]) => [name, plain(one)]));
}
