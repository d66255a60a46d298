import type { Random } from '../../random/random.ts';
import { chanceOf } from './chance.ts';
import type { Entry } from './entry.ts';
import type { Reign } from './reigns.ts';
import { DAY, HOUR, SECOND, START } from './settings.ts';
import type { World } from './world.ts';

/** The application that moves between regions, and the operator who lets the worker follow. */
export class Regions {
  readonly #world: World;
  readonly #chance: Random;
  /** How many of the reigns an operator is to let follow by now, and when that was done last. */
  #due = 1;
  #adoptedAt = -Infinity;

  constructor(world: World) {
    this.#world = world;
    this.#chance = chanceOf(world.settings.seed, 'failover');
    // The worker has run before.
    const tableArn = tableArnIn('eu-central-1');
    void world.generations.generationOf(tableArn);
    world.ledger.follow(tableArn, START - 1);
    world.reigns.begin(tableArn);
    world.reigns.follow();
  }

  /** The application goes on in another region; what the old stream still has comes as well, perhaps much later. */
  failOver(untilFollowed: number): boolean {
    // A stream that goes before anybody has seen it leaves nothing by which it could be missed.
    if (this.#isComingBack || !this.#world.changes.stream.isKnown) return false;
    const random = this.#chance;
    this.#world.reigns.begin(tableArnIn(`region-${this.#world.reigns.all.length}`));
    this.#world.changes.sequence = random.pick([
      this.#world.changes.sequence / 2n,
      this.#world.changes.sequence,
      this.#world.changes.sequence * 3n,
      1_000n,
    ]);
    this.#world.changes.stream.end();
    const since = START - random.int(1, 300) * DAY;
    this.#world.changes.stream = this.#world.changes.openStream(
      this.#world.changes.stream.epoch + 1,
      random.chance(0.8) ? since : this.#world.scheduler.now,
    );
    this.#followIn(untilFollowed);
    return true;
  }

  /** The table was moved back and is not let follow yet, for which it may have to wait for days: nobody moves on before. */
  get #isComingBack(): boolean {
    const { present, isPresentFollowed } = this.#world.reigns;
    return !isPresentFollowed && this.#world.reigns.earlierOf(present).length > 0;
  }

  /** The application goes back to a table that it left, which has the stream that it had, or a new one. */
  rollBack(which: number, untilFollowed: number): boolean {
    const { present, all } = this.#world.reigns;
    const left = all.filter(({ tableArn }) => tableArn !== present.tableArn);
    const back = left[Math.floor(which * left.length)];
    if (back === undefined || this.#isComingBack) return false;
    this.#world.changes.stream.end();
    this.#world.reigns.begin(back.tableArn);
    const epoch = this.#world.changes.stream.epoch + 1;
    const random = chanceOf(this.#world.settings.seed, 'roll-back', epoch);
    const same = random.chance(0.5) ? this.#world.reigns.streamFromBefore() : undefined;
    if (same !== undefined) {
      // Its numbers go on from where they were.
      const last = this.#world.ledger.entries.findLast(({ position }) => same.epochs.has(position.epoch));
      this.#world.changes.sequence = last?.position.sequence ?? this.#world.changes.sequence;
      this.#world.changes.stream = this.#world.changes.readStream(epoch, same.arn);
    } else {
      this.#world.changes.sequence = random.pick([
        this.#world.changes.sequence / 2n,
        this.#world.changes.sequence,
        1_000n,
      ]);
      this.#world.changes.stream = this.#world.changes.openStream(epoch, this.#world.scheduler.now);
    }
    this.#followIn(untilFollowed);
    return true;
  }

  #followIn(milliseconds: number): void {
    const due = this.#world.reigns.all.length;
    this.#world.scheduler.in(milliseconds, () => {
      this.#due = Math.max(this.#due, due);
      return this.#letFollow();
    });
  }

  /** One after the other: an operator who has several lets them follow in the order in which they did. */
  async #letFollow(wait = SECOND): Promise<void> {
    for (let { next } = this.#world.reigns; next !== undefined; { next } = this.#world.reigns) {
      if (this.#world.reigns.followed >= this.#due) return;
      const { tableArn, streams } = next;
      if (this.#world.reigns.earlierOf(next).length > 0 && !this.#mayComeBack(next)) {
        this.#world.scheduler.in(wait, () => this.#letFollow(Math.min(2 * wait, HOUR)));
        return;
      }
      this.#world.reigns.follow();
      this.#adoptedAt = this.#world.scheduler.now;
      this.#world.ledger.follow(tableArn, this.#world.scheduler.now);
      this.#world.trace(() => `${tableArn} is adopted`);
      await this.#world.generations.adopt(tableArn);
      for (const { source } of streams) source.enable();
    }
  }

  /** Whether nothing of the table's earlier times is left to deliver, and all workers know who followed it. */
  #mayComeBack(reign: Reign): boolean {
    const isBefore = (entry: Entry) => this.#world.reigns.isBefore(reign, entry);
    return (
      this.#world.scheduler.now >= this.#adoptedAt + 10 * SECOND &&
      this.#world.reigns
        .earlierOf(reign)
        .every(({ streams }) => streams.every(({ source }) => source.finished)) &&
      !this.#world.operator.has(isBefore) &&
      !this.#world.pool.instances.some(
        ({ alive, invocation }) =>
          alive && invocation?.finished === false && invocation.entries.some(isBefore),
      )
    );
  }
}

function tableArnIn(region: string): string {
  return `arn:aws:dynamodb:${region}:123456789012:table/aircraft`;
}
