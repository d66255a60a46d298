import { groupBy } from '../../domain/coalesce.ts';
import {
  countsEachChange,
  type DeriveRowsCommand,
  derivedRowsOf,
  effectsOf,
  type RunEffectCommand,
} from '../../domain/command.ts';
import { Fault } from '../../domain/fault.ts';
import { readItemKey } from '../../domain/row.ts';
import { kindsOf } from '../../domain/roles.ts';
import type { TableModel } from '../../domain/table-model.ts';
import type { Delivery } from '../delivery.ts';
import type { DeriveRows } from '../derive-rows.ts';
import type { KeptChange } from '../ports/kept-changes.ts';
import type { TableReplica } from '../ports/table-replica.ts';
import { replicate } from '../replicate.ts';
import type { Retrier } from '../retry.ts';
import type { EffectTally, RunEffects } from '../run-effects.ts';
import { NO_LIMIT } from '../time-limit.ts';
import { isReplicable } from '../park/notable-records.ts';

export interface ReplayKeptDependencies {
  readonly model: TableModel;
  readonly effects: Pick<RunEffects, 'execute'>;
  /** Undefined where nothing is to be written. */
  readonly derivedRows: DeriveRows | undefined;
  /** Where the backend keeps the table's rows itself. */
  readonly replica: TableReplica | undefined;
  /** What records are, one for each, in the order given. */
  readonly read: (records: readonly unknown[]) => Promise<readonly Delivery[]>;
  readonly retrier: Retrier;
}

export interface ReplayOptions {
  readonly isDry: boolean;
  /** Whether effects are not run for changes that the definition or they themselves refuse for good; the changes are given up. */
  readonly skipRefused: boolean;
}

/** What is done of an item's kept changes. */
export interface Replayed {
  /** The first that is not done, and why; undefined where all are. */
  readonly fault: Fault | undefined;
  readonly effects: Readonly<Record<EffectTally, number>>;
  /** Those that were given up. */
  readonly refused: number;
}

/** What a change asks for that the row as it is now does not tell. */
interface AskedOfChange {
  readonly effects: readonly RunEffectCommand[];
  readonly rows: readonly DeriveRowsCommand[];
}

const NOTHING: AskedOfChange = { effects: [], rows: [] };

/**
 * Carries out what of a parked item's changes the row as it is now does not tell: effects, and derived rows of which each change may have its own. In
 * the order of the changes. What ran before, or for a newer change of the row, is not run again.
 */
export class ReplayKept {
  readonly #deps: ReplayKeptDependencies;

  constructor(deps: ReplayKeptDependencies) {
    this.#deps = deps;
  }

  /** @param isLast whether the last of them is the newest change of its item. */
  async execute(
    kept: readonly KeptChange[],
    item: string,
    isLast: boolean,
    options: ReplayOptions,
  ): Promise<Replayed> {
    const deliveries = await this.#deps.read(kept.map(({ raw }) => raw));
    const done = { effects: { run: 0, skipped: 0, repeated: 0 }, refused: 0 };
    const replicated = await this.#replicate(deliveries, item, isLast, options);
    if (replicated !== undefined) return { fault: replicated, ...done };
    const runs: RunEffectCommand[] = [];
    const rows: DeriveRowsCommand[] = [];
    let fault: Fault | undefined;
    for (const [index, delivery] of deliveries.entries()) {
      const asked = this.#askedBy(delivery, item);
      if (!Fault.is(asked)) {
        runs.push(...asked.effects);
        // What only the newest decides is no older one's.
        const isNewest = isLast && index === deliveries.length - 1;
        rows.push(...asked.rows.filter(({ model }) => isNewest || countsEachChange(model)));
      } else if (options.skipRefused && asked.kind === 'permanent') done.refused++;
      else {
        // What comes after it waits.
        fault = asked;
        break;
      }
    }
    fault = (await this.#derive(rows)) ?? fault;
    for (const commands of groupBy(runs, ({ model }) => model.name).values())
      fault = (await this.#run(commands, options, done)) ?? fault;
    return { fault, ...done };
  }

  /** Runs one effect. @returns why it has not run for all of them. */
  async #run(
    all: readonly RunEffectCommand[],
    { skipRefused }: ReplayOptions,
    done: { readonly effects: Record<EffectTally, number>; refused: number },
  ): Promise<Fault | undefined> {
    let commands = all;
    for (let round = 1; ; round++) {
      const { failed, tally } = await this.#deps.effects.execute(commands);
      done.effects.run += tally.run;
      done.effects.skipped += tally.skipped;
      // Later, those have run that it has just run for.
      if (round === 1) done.effects.repeated += tally.repeated;
      const [first] = failed;
      if (first === undefined) return undefined;
      const [change, fault] = first;
      if (!skipRefused || fault.kind !== 'permanent') return fault;
      commands = commands.filter((command) => command.change !== change);
      done.refused++;
    }
  }

  #askedBy(delivery: Delivery, item: string): AskedOfChange | Fault {
    if (delivery.kind === 'unrecognised') return NOTHING;
    if (delivery.kind === 'undecodable') {
      const { fault } = delivery;
      if (fault.kind !== 'permanent') return fault;
      const needing = this.#neededBy(item);
      return needing.length === 0 ? NOTHING : neededFault(needing, fault);
    }
    try {
      return { effects: effectsOf(delivery.change), rows: derivedRowsOf(delivery.change) };
    } catch (error) {
      return Fault.from(error);
    }
  }

  /** What runs for each change of such an item. */
  #neededBy(item: string): readonly string[] {
    const { model } = this.#deps;
    const key = readItemKey(item, model.keys.sort !== undefined);
    const row = key && model.rowOf(key.partition, key.sort);
    if (row === undefined || 'malformed' in row) return [];
    return kindsOf(row).flatMap(({ model: { effects, derivedRows } }) => [
      ...effects.map(({ name }) => `the effect ${name}`),
      ...derivedRows.filter(countsEachChange).map(({ name }) => `the rows ${name}`),
    ]);
  }

  /** The copy of the table lacks what could not be read. Of an item that has newer changes, it need not have the older ones. */
  async #replicate(
    deliveries: readonly Delivery[],
    item: string,
    isLast: boolean,
    { isDry, skipRefused }: ReplayOptions,
  ): Promise<Fault | undefined> {
    const { replica, retrier, model } = this.#deps;
    if (replica === undefined) return undefined;
    const newest = deliveries.at(-1);
    const key = readItemKey(item, model.keys.sort !== undefined);
    const isOfKind = key !== undefined && model.rowOf(key.partition, key.sort) !== undefined;
    const needed = (fault: Fault) =>
      isLast && isOfKind && !skipRefused ? neededFault(['the copy of the table'], fault) : undefined;
    if (newest?.kind === 'undecodable') {
      const fault = needed(newest.fault);
      if (fault !== undefined) return fault;
    }
    const change = deliveries.findLast(
      (delivery) => delivery.kind === 'change' && isReplicable(delivery.change),
    );
    if (isDry || change?.kind !== 'change') return undefined;
    const { failed } = await replicate([change.change], { replica, retrier }, NO_LIMIT);
    const [fault] = failed.values();
    return fault?.kind === 'permanent' ? needed(fault) : fault;
  }

  async #derive(commands: readonly DeriveRowsCommand[]): Promise<Fault | undefined> {
    const { derivedRows } = this.#deps;
    if (derivedRows === undefined || commands.length === 0) return undefined;
    const { failed } = await derivedRows.execute(commands);
    return [...failed.values()][0];
  }
}

function neededFault(needing: readonly string[], fault: Fault): Fault {
  return new Fault('permanent', `the record is needed by ${needing.join(' and ')}: ${fault.message}`, {
    cause: fault,
    reason: fault.reason,
  });
}
