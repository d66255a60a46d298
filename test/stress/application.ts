import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Random } from '../../src/random/random.ts';
import { chanceOf } from '../../src/simulation/world/chance.ts';
import type { EntityParts } from '../support/factories.ts';
import { faaRow, imageRow, linkRow, SourceTable, type TableRow } from '../support/stream-records.ts';
import type { Plan } from './plan.ts';
import type { PoisonKind } from './poison.ts';
import type { Stage } from './stage.ts';

const TUPLES = [
  ['CESSNA', '172S', 'C172'],
  ['CESSNA', '182T', 'C182'],
  ['PIPER', 'PA-28', 'P28A'],
  ['', 'holds no tuple', 'C172'],
];

/** A program that writes the rows that everything is derived from: several writers at once, each its own rows. */
export class Application {
  readonly #stage: Pick<Stage, 'table' | 'poison'>;
  readonly #plan: Plan;
  readonly #changed: (record: DynamoDBRecord) => void;
  readonly #isHandled: (record: DynamoDBRecord) => boolean;
  readonly #rows = new SourceTable();
  #written = 0;
  readonly #poison = new Set<DynamoDBRecord>();

  /**
   * @param changed gets the stream's record of every write, once that is done.
   * @param isHandled says of such a record whether somebody still works on it.
   */
  constructor(
    stage: Pick<Stage, 'table' | 'poison'>,
    plan: Plan,
    changed: (record: DynamoDBRecord) => void,
    isHandled: (record: DynamoDBRecord) => boolean,
  ) {
    this.#stage = stage;
    this.#plan = plan;
    this.#changed = changed;
    this.#isHandled = isHandled;
  }

  /** The rows that are there. */
  get rows(): readonly TableRow[] {
    return this.#rows.rows;
  }

  /** The records of what can never be handled, so far. */
  get poison(): ReadonlySet<DynamoDBRecord> {
    return this.#poison;
  }

  /** Resolves when all of a round is written. */
  async run(round: number): Promise<void> {
    const { entities, links, registrations, bulk, hot } = this.#plan;
    const { poison } = this.#stage;
    const each = (count: number, write: (index: number, random: Random) => Promise<void>, name: string) =>
      Array.from({ length: count }, (_, index) =>
        write(index, chanceOf(this.#plan.seed, name, index, 'round', round)),
      );
    await Promise.all([
      ...each(entities, (index, random) => this.#images(index, random), 'images'),
      ...each(links, (index, random) => this.#link(index, random), 'link'),
      ...each(registrations, (index, random) => this.#registration(index, random), 'registration'),
      ...each(bulk, (index, random) => this.#inBulk(index, random), 'bulk'),
      ...each(hot, (index, random) => this.#hot(index, round, random), 'hot'),
      ...each(poison.length, (index, random) => this.#poisonOf(poison[index]!, random), 'poison'),
    ]);
  }

  /** Images come, change and go; or all go while nobody does anything, and another comes soon after. */
  async #images(index: number, random: Random): Promise<void> {
    const { writes, imagesPerEntity, handOvers } = this.#plan;
    const entity: EntityParts = {
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

  /**
   * One of many rows that change at once, and need many requests of each kind. Ten documents together are too much for a
   * request where queues take little.
   */
  async #inBulk(index: number, random: Random): Promise<void> {
    const size = this.#plan.maxMessageBytes === undefined ? 10 : random.int(1_000, 60_000);
    const note = `${this.#written++}`;
    const entity: EntityParts = { orgId: 'ORG2', entityType: 'ICAO', entityId: `B${index}` };
    const rows = [
      faaRow(`B${index}`, { owner_name: note + 'x'.repeat(size) }),
      linkRow('B', `serial ${index}`, ['BULK', `${random.int(0, 9)}`, 'C172']),
      imageRow(entity, '01A', { url: note }),
    ];
    await this.#put(rows[index % rows.length]!);
  }

  /** One of many links that go from the tuple of the round before to this one's; some go away. */
  async #hot(index: number, round: number, random: Random): Promise<void> {
    const row = linkRow('H', `serial ${index}`, ['HOT', `${random.chance(0.95) ? round : 0}`, 'C172']);
    if (random.chance(0.05)) await this.#remove(row);
    else await this.#put(row);
  }

  /** One row of a kind at a time: many of them in one batch would rather be a fault of the worker. */
  async #poisonOf(kind: PoisonKind, random: Random): Promise<void> {
    const { writes, entities } = this.#plan;
    for (let write = 0; write < writes; write++) {
      await pause(random);
      const row = kind.row(entities, random, `https://i.example/${this.#written++}`);
      let last = await this.#put(row, true);
      if (kind.replaceable) await this.#handled(last);
      if (kind.hasKey || random.chance(0.3)) {
        await pause(random);
        last = (await this.#remove(row, !kind.hasKey)) ?? last;
      }
      await this.#handled(last);
    }
  }

  async #handled(record: DynamoDBRecord): Promise<void> {
    while (!this.#isHandled(record)) await sleep(5);
  }

  async #put(row: TableRow, isPoison = false): Promise<DynamoDBRecord> {
    await this.#stage.table.put(row);
    return this.#note(this.#rows.put(row), isPoison);
  }

  /** Resolves to the change's record, unless there was no such row. */
  async #remove(row: TableRow, isPoison = false): Promise<DynamoDBRecord | undefined> {
    if (!this.#rows.has(row)) return undefined;
    await this.#stage.table.remove(row);
    return this.#note(this.#rows.remove(row), isPoison);
  }

  #note(record: DynamoDBRecord, isPoison: boolean): DynamoDBRecord {
    if (isPoison) this.#poison.add(record);
    this.#changed(record);
    return record;
  }
}

function pause(random: Random): Promise<void> {
  return sleep(random.pick([0, 5, random.int(0, 150)]));
}
