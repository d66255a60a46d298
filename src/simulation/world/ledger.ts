import type { PoisonRecord } from '../../application/ports/quarantine.ts';
import { rowName } from '../../application/verify/recount-rows.ts';
import type { CountMove } from '../../domain/count-move.ts';
import type { RowsMove } from '../../domain/derived-rows.ts';
import type { Entity } from '../../domain/pointer.ts';
import { entityName, nameOfEntity } from './entity-name.ts';
import type { SearchAction } from '../../domain/search-action.ts';
import { documentName } from '../../domain/search-document.ts';
import type { KeySchema } from '../../domain/table-model.ts';
import type { Version } from '../../domain/version.ts';
import { CountRows } from './count-rows.ts';
import type { TableWrite } from './table-write.ts';
import { EffectRecords } from './effect-records.ts';
import { stateKey, stateKeyOf } from './state-key.ts';
import { type Entry, isAfter, type Position } from './entry.ts';
import type { Asked } from './subject.ts';

/**
 * What is known to have happened: which records are done with, and proof that their effects took place, which is
 * gathered where the effects do, and not from what the worker says.
 */
export class Ledger {
  readonly entries: Entry[] = [];
  readonly countRows: CountRows;
  /** Since when. */
  readonly #handled = new Map<Entry, number>();
  readonly #now: () => number;
  readonly #acknowledged = new Set<Entry>();
  readonly #quarantined = new Set<Entry>();
  readonly #aside = new Set<Entry>();
  readonly #accepted = new Map<string, Position>();
  readonly #counted = new Map<string, Position>();
  readonly #inLine = new Map<string, number>();
  readonly #derived = new Map<string, Position>();
  readonly #kept = new Set<string>();
  readonly effects = new EffectRecords();
  readonly #byPosition = new Map<string, Entry>();
  readonly #byRecord = new Map<unknown, Entry>();
  /** Of each label, the streams in their order, each with the number that it began above. */
  readonly #epochs = new Map<string, Position[]>();
  readonly #tables = new Map<number, string>();
  readonly #followedFrom = new Map<string, number>();

  /** @param now in virtual milliseconds. */
  constructor(keys: KeySchema, now: () => number = () => 0) {
    this.#now = now;
    this.countRows = new CountRows(keys);
  }

  /** @param begins above the numbers of what the same stream had before, when the table moved back to it. */
  addStream(label: string, begins: Position, tableArn: string): void {
    this.#epochs.set(label, [...(this.#epochs.get(label) ?? []), begins]);
    this.#tables.set(begins.epoch, tableArn);
  }

  /** From the time on, in virtual milliseconds, the worker may handle the table's changes. */
  follow(tableArn: string, time: number): void {
    if (!this.#followedFrom.has(tableArn)) this.#followedFrom.set(tableArn, time);
  }

  /** Since when a record's table is followed; undefined when it is not. */
  followedFrom({ position }: Pick<Entry, 'position'>): number | undefined {
    return this.#followedFrom.get(this.#tables.get(position.epoch) ?? '');
  }

  add(entry: Entry): void {
    this.entries.push(entry);
    this.#byPosition.set(nameOfPosition(entry.position), entry);
    for (const record of [entry.record, entry.clean]) this.#byRecord.set(record, entry);
  }

  positionOf(version: Version): Position {
    const sequence = BigInt(version.sequence);
    const stream = this.#epochs.get(version.epoch)?.findLast((begins) => begins.sequence < sequence);
    return { epoch: stream?.epoch ?? -1, sequence };
  }

  accepted({ key, version }: SearchAction): void {
    raise(this.#accepted, documentName(key), this.positionOf(version));
  }

  counted(move: CountMove): readonly TableWrite[] {
    raise(this.#counted, stateKey(move.source), this.positionOf(move.to.version));
    return this.countRows.move(move);
  }

  derived(move: RowsMove): void {
    const { source, to, put } = move;
    raise(this.#derived, stateKey(source), this.positionOf(to.version));
    for (const { table, key } of put) this.#kept.add(`${source.model.name} ${rowName(table, key)}`);
  }

  /** The record of a change, by what an effect is told of it; undefined for one that never was. */
  entryOfChange(id: string): Entry | undefined {
    const [stream = '', sequence = ''] = id.split(' ');
    const epoch = stream.slice(stream.lastIndexOf('/') + 1);
    return /^\d+$/.test(sequence) ? this.entryAt({ generation: 0, epoch, sequence }) : undefined;
  }

  entryAt(version: Version): Entry | undefined {
    return this.#byPosition.get(nameOfPosition(this.positionOf(version)));
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
    if (!this.#handled.has(entry)) this.#handled.set(entry, this.#now());
  }

  isAcknowledged(entry: Entry): boolean {
    return this.#acknowledged.has(entry);
  }

  isHandled(entry: Entry): boolean {
    return this.#handled.has(entry);
  }

  /** When a record was handled for the first time; undefined when it was not. */
  handledAt(entry: Entry): number | undefined {
    return this.#handled.get(entry);
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
  missingEffect(entry: Entry, asked: Asked, since: number): string | undefined {
    const { position } = entry;
    const isBehind = (done: Position | undefined) => done === undefined || isAfter(position, done);
    const document = asked.documents.find((name) => isBehind(this.#accepted.get(name)));
    if (document !== undefined) return `the queue has no action that is as new for ${document}`;
    const counted = asked.counted.find((name) => isBehind(this.#counted.get(name)));
    if (counted !== undefined) return `its row is not counted: ${counted}`;
    const entity = asked.entities.find((one) => (this.#inLine.get(entityName(one)) ?? -1) < since);
    if (entity !== undefined)
      return `the pointer ${entity.derivation} of its entity was neither seen to be right nor written`;
    const derived = asked.derived.find((name) => isBehind(this.#derived.get(name)));
    if (derived !== undefined) return `rows are not derived from it: ${derived}`;
    const isOvertaken = (done: Position | undefined) =>
      done !== undefined && isAfter(done, position) && this.#mayBeOvertaken(entry, done);
    const kept = asked.kept.find(
      ({ derivation, name }) =>
        !this.#kept.has(`${derivation} ${name}`) &&
        !isOvertaken(this.#derived.get(stateKeyOf(derivation, entry.at))),
    );
    if (kept !== undefined) return `${kept.derivation} never wrote the row ${kept.name}`;
    const effect = asked.effects.find((derivation) => {
      const key = stateKeyOf(derivation, entry.at);
      return !this.effects.hasRun(key, entry) && !isOvertaken(this.effects.newest(key));
    });
    return effect && `the effect ${effect} has not run for it`;
  }

  /** Where later changes of an item did not wait for a record: its stream went on past it, or they came with another. */
  #mayBeOvertaken(entry: Entry, { epoch }: Position): boolean {
    return epoch !== entry.position.epoch || this.isQuarantined(entry) || this.isAside(entry);
  }
}

function nameOfPosition({ epoch, sequence }: Position): string {
  return `${epoch} ${sequence}`;
}

function raise(positions: Map<string, Position>, key: string, position: Position): void {
  const before = positions.get(key);
  if (before === undefined || isAfter(position, before)) positions.set(key, position);
}
