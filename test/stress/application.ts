import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { toSdkImage } from '../../local/lambda-record.ts';
import type { Entity } from '../../src/domain/row.ts';
import type { Random } from '../../src/feed/random.ts';
import type { FaultWorld } from '../integration/fault-world.ts';
import { chanceOf } from '../simulation/chance.ts';
import {
  faaRow,
  imageRow,
  linkRow,
  SourceTable,
  streamRecord,
  type TableRow,
} from '../support/stream-records.ts';
import type { Plan } from './plan.ts';

const TUPLES = [
  ['CESSNA', '172S', 'C172'],
  ['CESSNA', '182T', 'C182'],
  ['PIPER', 'PA-28', 'P28A'],
  ['', 'holds no tuple', 'C172'],
];

/** A program that writes the rows that everything is derived from: several writers at once, each its own rows. */
export class Application {
  readonly #world: FaultWorld;
  readonly #plan: Plan;
  readonly #changed: (record: DynamoDBRecord) => void;
  readonly #rows = new SourceTable();
  #written = 0;

  /** @param changed gets the stream's record of every write, once that is done. */
  constructor(world: FaultWorld, plan: Plan, changed: (record: DynamoDBRecord) => void) {
    this.#world = world;
    this.#plan = plan;
    this.#changed = changed;
  }

  /** Resolves when all of a round is written. */
  async run(round: number): Promise<void> {
    const { entities, links, registrations } = this.#plan;
    const each = (count: number, write: (index: number, random: Random) => Promise<void>, name: string) =>
      Array.from({ length: count }, (_, index) =>
        write(index, chanceOf(this.#plan.seed, name, index, 'round', round)),
      );
    await Promise.all([
      ...each(entities, (index, random) => this.#images(index, random), 'images'),
      ...each(links, (index, random) => this.#link(index, random), 'link'),
      ...each(registrations, (index, random) => this.#registration(index, random), 'registration'),
    ]);
  }

  /** Images come, change and go; or all go while nobody does anything, and another comes soon after. */
  async #images(index: number, random: Random): Promise<void> {
    const { writes, imagesPerEntity, handOvers } = this.#plan;
    const entity: Entity = {
      orgId: index === 1 ? 'ORG1' : 'SYSTEM',
      entityType: 'REGISTRATION',
      entityId: `N${index}`,
    };
    const ids = Array.from({ length: imagesPerEntity }, (_, image) => `01${'ABC'.charAt(image)}`);
    const row = (id: string) => imageRow(entity, id, { url: `https://i.example/${this.#written++}` });
    const removeAll = async () => {
      for (const id of ids) await this.#remove(row(id));
    };
    // Another than there was: changes of one image would be handled one after the other.
    const others = ids.filter((id) => !this.#rows.has(row(id)));
    const isHandOver = random.chance(handOvers);
    for (let write = 0; !isHandOver && write < writes; write++) {
      await pause(random);
      if (random.chance(0.6)) await this.#put(row(random.pick(ids)));
      else await removeAll();
    }
    if (isHandOver) await removeAll();
    await sleep(random.int(0, 100));
    if (random.chance(0.9)) await this.#put(row(random.pick(isHandOver && others.length > 0 ? others : ids)));
  }

  async #link(index: number, random: Random): Promise<void> {
    for (let write = 0; write < this.#plan.writes; write++) {
      await pause(random);
      const row = linkRow('1', `serial ${index}`, random.pick(TUPLES), { note: this.#written++ });
      if (random.chance(0.3)) await this.#remove(row);
      else await this.#put(row);
    }
  }

  async #registration(index: number, random: Random): Promise<void> {
    for (let write = 0; write < this.#plan.writes; write++) {
      await pause(random);
      const row = faaRow(`N${index}`, { owner_name: `owner ${this.#written++}` });
      if (random.chance(0.3)) await this.#remove(row);
      else await this.#put(row);
    }
  }

  async #put(row: TableRow): Promise<void> {
    const { NewImage } = streamRecord({ after: row }).dynamodb;
    const Item = toSdkImage(NewImage as Record<string, AttributeValue>);
    await untilThrough(() =>
      this.#world.client.send(new PutItemCommand({ TableName: this.#world.table, Item })),
    );
    this.#changed(this.#rows.put(row));
  }

  async #remove(row: TableRow): Promise<void> {
    if (!this.#rows.has(row)) return;
    const Key = { PK: { S: row.PK }, SK: { S: row.SK } };
    await untilThrough(() =>
      this.#world.client.send(new DeleteItemCommand({ TableName: this.#world.table, Key })),
    );
    this.#changed(this.#rows.remove(row));
  }
}

function pause(random: Random): Promise<void> {
  return sleep(random.pick([0, 5, random.int(0, 150)]));
}

/** A write meets a worker's transaction now and then; not every SDK repeats it by itself. */
async function untilThrough(write: () => Promise<unknown>): Promise<void> {
  for (;;)
    try {
      await write();
      return;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'TransactionConflictException') throw error;
      await sleep(2);
    }
}
