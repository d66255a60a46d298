import { toDelivery } from '../../adapters/dynamodb-stream/to-delivery.ts';
import type { Change } from '../../domain/change.ts';
import { toJson } from '../../domain/json.ts';
import type { Entity, Member } from '../../domain/pointer.ts';
import type { ItemKey } from '../../domain/row.ts';
import { pointerKey, storedPointer } from '../../domain/stored-rows.ts';
import { type Attributes, DecodedAttributes } from '../../domain/value.ts';
import type { Random } from '../../random/random.ts';
import { type Spoil, spoil, spoilAs } from '../faults/poison.ts';
import { chanceOf } from './chance.ts';
import { type Entry, nameOf, type Position } from './entry.ts';
import { EventSource } from './event-source.ts';
import type { Answer } from './function-pool.ts';
import { nameOfKey } from './item.ts';
import { SECOND } from './settings.ts';
import { StreamReaders } from '../reader/stream-readers.ts';
import type { Write } from './source-table.ts';
import { Stream, type TableStream } from './stream.ts';
import { type StreamRecord, streamRecord } from './stream-record.ts';
import type { RowChange } from './subject.ts';
import type { TableWrite } from './table-write.ts';
import type { World } from './world.ts';

/** Which share of the records is spoiled where a writer spoils most. */
const IN_AN_EPIDEMIC = 0.6;

/** The table's changes: every write becomes a record of the stream that the table has at the time. */
export class Changes {
  stream: TableStream;
  /** The last number given. */
  sequence: bigint;
  readonly #world: World;
  readonly #records: Random;

  constructor(world: World, sequence: bigint) {
    this.#world = world;
    this.#records = chanceOf(world.settings.seed, 'records');
    this.sequence = sequence;
    this.stream = this.openStream(0, world.scheduler.now);
  }

  /** @param way how the record is spoiled; undefined to leave that to chance. */
  write({ item, before, after, expired }: Write, way: string | undefined): void {
    const { at } = item;
    const change = { item, at, before, after, expired, time: this.#world.scheduler.now };
    const clean = this.#record(change);
    const { poison, epidemic, misdirected, reader } = this.#world.settings;
    const { spoils } = this.#world.subject;
    const may = (one: Spoil) =>
      (epidemic === undefined || one.what === epidemic) &&
      (misdirected || one.misdirected !== true) &&
      // Without a number nobody can say where in the stream it is: such a page cannot be read.
      (reader === undefined || one.hidesSequence !== true);
    const of = { item, before, after, replicated: this.#world.isReplicated };
    const byChance =
      poison > 0 && this.#records.chance(epidemic === undefined ? poison : IN_AN_EPIDEMIC)
        ? spoil(spoils.filter(may), clean, of, this.#records)
        : undefined;
    const spoiled = way === undefined ? byChance : spoilAs(spoils, way, clean, of);
    if (!this.#world.isReplicated && item.isKept) this.#applyToTable(clean);
    this.#append({
      ...change,
      number: this.#world.ledger.entries.length,
      key: item.key,
      position: this.#position(),
      clean,
      record: spoiled === undefined ? clean : spoiled.record,
      spoil: spoiled?.spoil,
    });
  }

  /** A write of which the stream never says anything. */
  writeUnseen({ item, before, after, expired }: Write): void {
    const { at } = item;
    const change = { item, at, before, after, expired, time: this.#world.scheduler.now };
    this.#world.trace(() => `written, and lost: ${item.key} ${rowText(after)}`);
    if (item.isKept) this.#applyToTable(this.#record(change));
  }

  readonly pointerWritten = (entity: Entity, before: Member | undefined, after: Member | undefined) => {
    const rowOf = (member: Member | undefined) =>
      member && DecodedAttributes.of(storedPointer(entity.model.keys, entity, member));
    this.ownRowWritten({ at: pointerKey(entity), before: rowOf(before), after: rowOf(after) });
  };

  /** The table's stream carries the worker's own writes to the table too. */
  readonly ownRowWritten = (write: TableWrite, isMember = false) => {
    const { at, before, after } = write;
    const key = nameOfKey(at);
    if (after === undefined) this.#world.ownRows.delete(key);
    else this.#world.ownRows.set(key, after);
    const isSame = after === undefined ? before === undefined : before?.equals(after) === true;
    if (this.#world.isReplicated || isSame) return;
    this.#appendOwn(write, isMember);
  };

  /** Writes a row that the worker has written once more, as it is: everything of the table is written anew. */
  rewriteOwn(key: string, at: ItemKey): void {
    const row = this.#world.ownRows.get(key);
    if (row !== undefined) this.#appendOwn({ at, before: row, after: row }, true);
  }

  #appendOwn(write: TableWrite, isMember: boolean): void {
    const change = { ...write, item: undefined, time: this.#world.scheduler.now, expired: false };
    const clean = this.#record(change);
    if (isMember) this.#applyToTable(clean);
    this.#append({
      ...change,
      number: this.#world.ledger.entries.length,
      key: nameOfKey(write.at),
      position: this.#position(),
      clean,
      record: clean,
      spoil: undefined,
    });
  }

  #applyToTable(clean: StreamRecord): void {
    const generation = this.#world.reigns.all.length - 1;
    const delivery = toDelivery(clean, this.#world.tableDefinition.model, { generation });
    if (delivery.kind === 'undecodable') throw delivery.fault;
    const changes: readonly Change[] = delivery.kind === 'change' ? [delivery.change] : [];
    void this.#world.table.apply(changes);
  }

  #append(entry: Entry): void {
    const what = entry.before === undefined ? 'inserted' : entry.after === undefined ? 'removed' : 'changed';
    this.#world.trace(() => `${what}: ${nameOf(entry)} ${rowText(entry.after)}`);
    this.#world.ledger.add(entry);
    if (entry.spoil !== undefined) this.#world.counts.add(`poison: ${entry.spoil.what}`);
    this.stream.append(entry);
  }

  #position(): Position {
    return { epoch: this.stream.epoch, sequence: this.sequence };
  }

  /** The record of a write, as Lambda delivers it, with the next sequence number. */
  #record({ at, before, after, time, expired }: RowChange): StreamRecord {
    const random = this.#records;
    this.sequence += BigInt(random.pick([1, 1, 7, 300]));
    return streamRecord({
      keys: this.#world.tableDefinition.model.keys,
      ...{ at, before, after, time, expired },
      sequence: this.sequence,
      streamArn: this.stream.arn,
      eventID: random.chance(0.2) ? 'the same as others' : random.hex(4),
    });
  }

  openStream(epoch: number, since: number): TableStream {
    const label = new Date(since + epoch * SECOND).toISOString().slice(0, -1);
    return this.readStream(epoch, `${this.#world.reigns.present.tableArn}/stream/${label}`);
  }

  /** The stream of an ARN, as a new one where it is the same that there was before. */
  readStream(epoch: number, arn: string): TableStream {
    const { present } = this.#world.reigns;
    const label = arn.slice(arn.lastIndexOf('/') + 1);
    const isBack = this.#world.reigns.earlierOf(present).length > 0;
    this.#world.ledger.addStream(label, { epoch, sequence: isBack ? this.sequence : -1n }, present.tableArn);
    // The table is known, so it would not be refused: what it has now would be taken for old.
    const isRead = !isBack || this.#world.reigns.isPresentFollowed;
    const { reader } = this.#world.settings;
    if (reader !== undefined) {
      const source = new StreamReaders(this.#world, reader, { epoch, arn, sequence: this.sequence }, isRead);
      this.#world.reigns.addStream({ epoch, arn, source });
      return source;
    }
    const parts = {
      settings: this.#world.settings,
      scheduler: this.#world.scheduler,
      random: chanceOf(this.#world.settings.seed, 'event source', epoch),
      invoke: (entries: readonly Entry[], answer: (answer: Answer) => void) => {
        this.#world.pool.invoke(entries, false, answer);
      },
      acknowledged: this.#world.acknowledged,
      counts: this.#world.counts,
      givenUp: (entries: readonly Entry[]) => {
        this.#world.trace(() => `given up: ${entries.map(({ number }) => `#${number}`).join(' ')}`);
        for (const entry of entries) {
          this.#world.ledger.putAside(entry);
          this.#world.counts.add('record given up by its stream');
        }
        this.#world.operator.takeOver(entries);
      },
    };
    const source = new EventSource(parts, isRead);
    this.#world.reigns.addStream({ epoch, arn, source });
    return new Stream(epoch, arn, source);
  }
}

function rowText(row: Attributes | undefined): string {
  return row === undefined ? '' : toJson(Object.fromEntries(row.all()));
}
