import type { PoisonRecord } from '../../application/ports/quarantine.ts';
import type { CountMove } from '../../domain/count-move.ts';
import type { Entity } from '../../domain/pointer.ts';
import { entityName, nameOfEntity } from './entity-name.ts';
import type { SearchAction } from '../../domain/search-action.ts';
import type { Version } from '../../domain/version.ts';
import { CountRows } from './count-rows.ts';
import { stateKey } from './state-key.ts';
import { type Entry, isAfter, type Position } from './entry.ts';
import type { Asked } from './subject.ts';

/**
 * What is known to have happened: which records are done with, and proof that their effects took place, which is
 * gathered where the effects do, and not from what the worker says.
 */
export class Ledger {
  readonly entries: Entry[] = [];
  readonly countRows = new CountRows();
  readonly #handled = new Set<Entry>();
  readonly #acknowledged = new Set<Entry>();
  readonly #quarantined = new Set<Entry>();
  readonly #aside = new Set<Entry>();
  readonly #accepted = new Map<string, Position>();
  readonly #counted = new Map<string, Position>();
  readonly #inLine = new Map<string, number>();
  readonly #byRecord = new Map<unknown, Entry>();
  /** Of each label, the streams in their order, each with the number that it began above. */
  readonly #epochs = new Map<string, Position[]>();
  readonly #tables = new Map<number, string>();
  readonly #followedFrom = new Map<string, number>();

  /** @param begins above the numbers of what the same stream had before, when the table moved back to it. */
  addStream(label: string, begins: Position, tableArn: string): void {
    this.#epochs.set(label, [...(this.#epochs.get(label) ?? []), begins]);
    this.#tables.set(begins.epoch, tableArn);
  }

  /** From the time on, in virtual milliseconds, the worker may handle the table's changes. */
  follow(tableArn: string, time: number): void {
    if (!this.#followedFrom.has(tableArn)) this.#followedFrom.set(tableArn, time);
  }

  /** Since when the entry's table is followed; undefined when it is not. */
  followedFrom({ position }: Entry): number | undefined {
    return this.#followedFrom.get(this.#tables.get(position.epoch) ?? '');
  }

  add(entry: Entry): void {
    this.entries.push(entry);
    for (const record of [entry.record, entry.clean]) this.#byRecord.set(record, entry);
  }

  positionOf(version: Version): Position {
    const sequence = BigInt(version.sequence);
    const stream = this.#epochs.get(version.epoch)?.findLast((begins) => begins.sequence < sequence);
    return { epoch: stream?.epoch ?? -1, sequence };
  }

  accepted({ key, version }: SearchAction): void {
    raise(this.#accepted, `${key.collection} ${key.id}`, this.positionOf(version));
  }

  counted(move: CountMove): void {
    raise(this.#counted, stateKey(move.source), this.positionOf(move.to.version));
    this.countRows.move(move);
  }

  /** The default row was seen to be right at the time, or was written, or a later change is to answer for it. */
  inLine(entity: Entity, time: number): void {
    this.#inLine.set(nameOfEntity(entity), time);
  }

  quarantined(entry: Entry): void {
    this.#quarantined.add(entry);
  }

  /** Given up by the stream, and kept with its payload where an operator finds it. */
  putAside(entry: Entry): void {
    this.#aside.add(entry);
  }

  acknowledge(entry: Entry): void {
    this.#acknowledged.add(entry);
  }

  handle(entry: Entry): void {
    this.#handled.add(entry);
  }

  isAcknowledged(entry: Entry): boolean {
    return this.#acknowledged.has(entry);
  }

  isHandled(entry: Entry): boolean {
    return this.#handled.has(entry);
  }

  isQuarantined(entry: Entry): boolean {
    return this.#quarantined.has(entry);
  }

  isAside(entry: Entry): boolean {
    return this.#aside.has(entry);
  }

  /** The record that a kept one is; undefined when it is not complete. */
  entryOf({ raw }: PoisonRecord): Entry | undefined {
    return this.#byRecord.get(raw) ?? this.#byText(JSON.stringify(raw));
  }

  #byText(text: string): Entry | undefined {
    return this.entries.find(({ record }) => JSON.stringify(record) === text);
  }

  /** What an acknowledged record asked for and was not done since the time; undefined when all of it was. */
  missingEffect(
    { position }: Entry,
    { documents, counted, entities }: Asked,
    since: number,
  ): string | undefined {
    const isBehind = (done: Position | undefined) => done === undefined || isAfter(position, done);
    const document = documents.find((name) => isBehind(this.#accepted.get(name)));
    if (document !== undefined) return `the queue has no action that is as new for ${document}`;
    if (counted.some((name) => isBehind(this.#counted.get(name)))) return 'its row is not counted';
    const entity = entities.find((one) => (this.#inLine.get(entityName(one)) ?? -1) < since);
    if (entity !== undefined) return 'the pointer of its entity was neither seen to be right nor written';
    return undefined;
  }
}

function raise(positions: Map<string, Position>, key: string, position: Position): void {
  const before = positions.get(key);
  if (before === undefined || isAfter(position, before)) positions.set(key, position);
}
