import { commandsOf, effectsOf, type RunEffectCommand } from '../../domain/command.ts';
import type { Change } from '../../domain/change.ts';
import { Fault } from '../../domain/fault.ts';
import { type ItemKey, itemKey } from '../../domain/row.ts';
import { compareVersions, type Version } from '../../domain/version.ts';
import type { Delivery } from '../delivery.ts';
import type { GivenUp, GivenUpMessage, ShardRange } from '../ports/given-up.ts';
import { replicate } from '../replicate.ts';
import { NO_LIMIT } from '../time-limit.ts';
import { readRange } from './read-range.ts';
import type { RedriveDependencies, RedriveFigures, RedriveOptions } from './redrive.ts';

/** Messages that are redriven together. */
export class RedriveBatch {
  readonly #deps: RedriveDependencies;
  readonly #figures: RedriveFigures;
  readonly #isDry: boolean;
  /** By the message's place. */
  readonly #faults = new Map<number, Fault>();

  /** @param figures grow by what is done. */
  constructor(deps: RedriveDependencies, figures: RedriveFigures, { isDry }: Pick<RedriveOptions, 'isDry'>) {
    this.#deps = deps;
    this.#figures = figures;
    this.#isDry = isDry;
  }

  /** @returns a fault for each message that is not done. */
  async execute(messages: readonly GivenUpMessage[]): Promise<(Fault | undefined)[]> {
    const figures = this.#figures;
    const held = messages.flatMap(({ holds }, message) => holds.map((one) => ({ message, one })));
    const rows: RowOf[] = [];
    const raw: { readonly message: number; readonly record: unknown }[] = [];
    for (const { message, one } of held) {
      if (one.is === 'row') rows.push({ message, key: one.key, since: one.version });
      else if (one.is === 'unknown') this.#fail(message, new Fault('permanent', one.why));
      else {
        const records = await this.#recordsOf(one);
        if (Fault.is(records)) this.#fail(message, records);
        else raw.push(...records.map((record) => ({ message, record })));
      }
    }
    figures.records += raw.length;
    const deliveries = await this.#deps.read(raw.map(({ record }) => record));
    const changes: Asked[] = [];
    for (const [index, { message }] of raw.entries()) {
      const delivery = deliveries[index];
      if (delivery === undefined || delivery.kind === 'unrecognised') continue;
      const key = this.#keyOf(delivery);
      // Of another table, or of one that is not followed: its keys are none of this table's.
      const isForeign = delivery.kind === 'undecodable' && delivery.fault.kind !== 'permanent';
      if (isForeign || key === undefined)
        this.#fail(message, isForeign ? delivery.fault : withoutKeys(delivery));
      else if (delivery.kind === 'change') changes.push({ message, key, change: delivery.change });
      else {
        rows.push({ message, key, since: undefined });
        this.#fail(message, this.#neededBy(key, delivery));
      }
    }
    const lacked = await this.#replicate(changes);
    for (const { message, key, change } of changes)
      rows.push({ message, key, since: lacked.has(change) ? undefined : change.version });
    await this.#runEffects(changes);
    const distinct = newestOf(rows);
    const brought = await this.#deps.bring.execute(distinct);
    const faultOf = new Map(distinct.map(({ key }, index) => [itemKey(key), brought.faults[index]]));
    for (const { message, key } of rows) this.#fail(message, faultOf.get(itemKey(key)));
    figures.rows += distinct.length;
    for (const [name, { written, unchanged }] of brought.derivations) {
      const known = figures.derivations.get(name) ?? { written: 0, unchanged: 0 };
      figures.derivations.set(name, {
        written: known.written + written,
        unchanged: known.unchanged + unchanged,
      });
    }
    return messages.map((_, message) => this.#faults.get(message));
  }

  async #recordsOf(one: GivenUp & { is: 'record' | 'range' }): Promise<readonly unknown[] | Fault> {
    if (one.is === 'record') return [one.record];
    const { stream, retrier } = this.#deps;
    if (stream === undefined) return unknownKeys(one, 'this backend reads no stream');
    const read = await readRange(stream(one.stream), one, retrier, NO_LIMIT);
    if ('fault' in read) return read.fault;
    return 'gone' in read ? unknownKeys(one, read.gone) : read.records;
  }

  #keyOf({ record: { pk, sk } }: Delivery): ItemKey | undefined {
    const hasSort = this.#deps.model.keys.sort !== undefined;
    return pk === undefined || (hasSort && sk === undefined) ? undefined : { partition: pk, sort: sk };
  }

  /** A record that cannot be read is needed by effects, and where it is the only one to say how the row is. */
  #neededBy({ partition, sort }: ItemKey, delivery: Delivery): Fault | undefined {
    if (delivery.kind !== 'undecodable') return undefined;
    const row = this.#deps.model.rowOf(partition, sort);
    if (row === undefined || 'malformed' in row) return undefined;
    const effects = [row, ...(row.others ?? [])].flatMap(({ model }) =>
      model.effects.map(({ name }) => name),
    );
    const needing = [
      ...(this.#deps.replica === undefined ? [] : ['the copy of the table']),
      ...effects.map((name) => `the effect ${name}`),
    ];
    const { fault } = delivery;
    return needing.length === 0
      ? undefined
      : new Fault('permanent', `the record is needed by ${needing.join(' and ')}: ${fault.message}`, {
          cause: fault,
          reason: fault.reason,
        });
  }

  /**
   * The copy of the table lacks what the worker has given up: older changes change nothing in it.
   *
   * @returns those that it lacks still: what is derived of its rows is not of their versions.
   */
  async #replicate(changes: readonly Asked[]): Promise<ReadonlySet<Change>> {
    const { replica, retrier } = this.#deps;
    if (replica === undefined) return NONE;
    const whole = changes.filter(({ message, change }) => {
      const { after } = change;
      if (after === 'withheld') return false;
      try {
        // What the worker would refuse must not be there when the record has been put right.
        commandsOf(change);
        if (after !== 'absent') after.all();
        return true;
      } catch (error) {
        this.#fail(message, Fault.from(error));
        return false;
      }
    });
    const lacked = new Set(changes.map(({ change }) => change));
    if (this.#isDry) return NONE;
    if (whole.length === 0) return lacked;
    const { failed, waiting } = await replicate(
      whole.map(({ change }) => change),
      { replica, retrier },
      NO_LIMIT,
    );
    for (const { message, change } of whole) {
      const fault = failed.get(change) ?? waiting.get(change);
      this.#fail(message, fault);
      if (fault === undefined) lacked.delete(change);
    }
    return lacked;
  }

  async #runEffects(changes: readonly Asked[]): Promise<void> {
    const messageOf = new Map<Change, number>();
    const commands: RunEffectCommand[] = [];
    for (const { message, change } of changes)
      try {
        for (const command of effectsOf(change)) {
          messageOf.set(command.change, message);
          commands.push(command);
        }
      } catch (error) {
        this.#fail(message, Fault.from(error));
      }
    const { failed, waiting, tally } = await this.#deps.effects.execute(commands);
    for (const [change, fault] of failed) this.#fail(messageOf.get(change) ?? 0, fault);
    for (const change of waiting)
      this.#fail(
        messageOf.get(change) ?? 0,
        new Fault('transient', 'an effect failed for an earlier change of its row'),
      );
    for (const name of ['run', 'skipped', 'repeated'] as const) this.#figures.effects[name] += tally[name];
  }

  #fail(message: number, fault: Fault | undefined): void {
    const known = this.#faults.get(message);
    // One that may pass goes first.
    if (fault !== undefined && (known === undefined || known.kind === 'permanent'))
      this.#faults.set(message, fault);
  }
}

/** A row that a message is about, and the version of what was given up of it, where that is known. */
interface RowOf {
  readonly message: number;
  readonly key: ItemKey;
  readonly since: Version | undefined;
}

/** Each row once, with the newest that was given up of it. */
function newestOf(rows: readonly RowOf[]): readonly Pick<RowOf, 'key' | 'since'>[] {
  const byItem = new Map<string, Pick<RowOf, 'key' | 'since'>>();
  for (const { key, since } of rows) {
    const known = byItem.get(itemKey(key));
    if (known === undefined || isNewer(since, known.since)) byItem.set(itemKey(key), { key, since });
  }
  return [...byItem.values()];
}

function isNewer(a: Version | undefined, b: Version | undefined): boolean {
  return a !== undefined && (b === undefined || compareVersions(a, b) > 0);
}

const NONE: ReadonlySet<Change> = new Set();

interface Asked {
  readonly message: number;
  readonly key: ItemKey;
  readonly change: Change;
}

function withoutKeys(delivery: Delivery): Fault {
  const why = delivery.kind === 'undecodable' ? delivery.fault.message : 'it has none';
  return new Fault(
    'permanent',
    `the keys of the row are unknown (${why}): contrail verify --repair finds what is wrong`,
  );
}

function unknownKeys({ stream, shard, first, last }: ShardRange, why: string): Fault {
  return new Fault(
    'permanent',
    `records ${first} to ${last} of ${shard} in ${stream}: their keys are unknown, as ${why}; ` +
      'contrail verify --repair finds what is wrong, without them',
  );
}
