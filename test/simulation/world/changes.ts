import type { Entity, Member } from '../../../src/domain/pointer.ts';
import type { Random } from '../../../src/fleet/feed/random.ts';
import { attributeValue } from '../../support/attribute-value.ts';
import {
  changeOf,
  Encoded,
  type StreamRecord,
  streamRecord,
  type TableRow,
  withDynamodb,
} from '../../support/stream-records.ts';
import { type Spoil, spoil, spoilAs } from '../faults/poison.ts';
import { chanceOf } from './chance.ts';
import { type Entry, nameOf, type Position } from './entry.ts';
import { EventSource } from './event-source.ts';
import type { Answer } from './function-pool.ts';
import { isKept } from './items.ts';
import { SECOND } from './settings.ts';
import type { Write } from './source-table.ts';
import { Stream } from './stream.ts';
import type { World } from './world.ts';

/** Which share of the records is spoiled where a writer spoils most. */
const IN_AN_EPIDEMIC = 0.6;

/** The table's changes: every write becomes a record of the stream that the table has at the time. */
export class Changes {
  stream: Stream;
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
    const clean = this.#record(before, after, expired);
    const { poison, epidemic, misdirected } = this.#world.settings;
    const may = (one: Spoil) =>
      (epidemic === undefined || one.what === epidemic) && (misdirected || one.misdirected !== true);
    const of = { item, before, after, replicated: this.#world.isReplicated };
    const byChance =
      poison > 0 && this.#records.chance(epidemic === undefined ? poison : IN_AN_EPIDEMIC)
        ? spoil(clean, of, this.#records, may)
        : undefined;
    const spoiled = way === undefined ? byChance : spoilAs(way, clean, of);
    if (!this.#world.isReplicated && isKept(item))
      void this.#world.table.apply([changeOf(clean, { generation: this.#world.reigns.all.length - 1 })]);
    this.#append({
      number: this.#world.ledger.entries.length,
      item,
      key: item.key,
      position: this.#position(),
      before,
      after,
      clean,
      record: spoiled === undefined ? clean : spoiled.record,
      spoil: spoiled?.spoil,
    });
  }

  /** The table's stream carries the worker's own writes to the table too. */
  readonly defaultRowWritten = (entity: Entity, before: Member | undefined, after: Member | undefined) => {
    if (this.#world.isReplicated) return;
    const clean = this.#record(defaultRowOf(entity, before), defaultRowOf(entity, after), false);
    const PK = pkOf(entity);
    this.#append({
      number: this.#world.ledger.entries.length,
      item: undefined,
      key: `${PK} | DEFAULT`,
      position: this.#position(),
      before: undefined,
      after: undefined,
      clean,
      record: clean,
      spoil: undefined,
    });
  };

  #append(entry: Entry): void {
    const what = entry.before === undefined ? 'inserted' : entry.after === undefined ? 'removed' : 'changed';
    this.#world.trace(() => `${what}: ${nameOf(entry)} ${JSON.stringify(entry.after ?? {})}`);
    this.#world.ledger.add(entry);
    if (entry.spoil !== undefined) this.#world.counts.add(`poison: ${entry.spoil.what}`);
    this.stream.append(entry);
  }

  #position(): Position {
    return { epoch: this.stream.epoch, sequence: this.sequence };
  }

  /** The record of a write, as Lambda delivers it, with the next sequence number. */
  #record(before: TableRow | undefined, after: TableRow | undefined, expired: boolean): StreamRecord {
    const random = this.#records;
    this.sequence += BigInt(random.pick([1, 1, 7, 300]));
    const record = streamRecord({ before, after, sequence: this.sequence, streamArn: this.stream.arn });
    const { dynamodb, ...rest } = withDynamodb(record, {
      ApproximateCreationDateTime: Math.floor(this.#world.scheduler.now / SECOND),
    });
    return {
      ...rest,
      eventID: random.chance(0.2) ? 'the same as others' : random.hex(4),
      ...(expired ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
      dynamodb,
    };
  }

  openStream(epoch: number, since: number): Stream {
    const label = new Date(since + epoch * SECOND).toISOString().slice(0, -1);
    return this.readStream(epoch, `${this.#world.reigns.present.tableArn}/stream/${label}`);
  }

  /** The stream of an ARN, as a new one where it is the same that there was before. */
  readStream(epoch: number, arn: string): Stream {
    const { present } = this.#world.reigns;
    const label = arn.slice(arn.lastIndexOf('/') + 1);
    const isBack = this.#world.reigns.earlierOf(present).length > 0;
    this.#world.ledger.addStream(label, { epoch, sequence: isBack ? this.sequence : -1n }, present.tableArn);
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
    // The table is known, so it would not be refused: what it has now would be taken for old.
    const source = new EventSource(parts, !isBack || this.#world.reigns.isPresentFollowed);
    this.#world.reigns.addStream({ epoch, arn, source });
    return new Stream(epoch, arn, source);
  }
}

function pkOf({ parts }: Entity): string {
  const [orgId, entityType, entityId] = parts;
  return `IMAGES#ORG#${orgId}#ENTITY#${entityType}#ID#${entityId}`;
}

function defaultRowOf(entity: Entity, member: Member | undefined): TableRow | undefined {
  if (member === undefined) return undefined;
  const attributes = Object.entries(member.attributes).map(([name, value]) => [
    name,
    new Encoded(attributeValue(value)),
  ]);
  return { ...(Object.fromEntries(attributes) as Record<string, Encoded>), PK: pkOf(entity), SK: 'DEFAULT' };
}
