import type { DynamoDBRecord } from 'aws-lambda';
import { Plans, type Step } from './plans.ts';
import { Registrations } from './aircraft.ts';
import { Expiries } from './expiries.ts';
import { ImageActivity } from './image-activity.ts';
import { Links } from './links.ts';
import type { FeedSettings } from './options.ts';
import type { Random } from '../../random/random.ts';
import { References } from './references.ts';
import type { FeedContext } from './feed-context.ts';
import { Stream } from './stream.ts';
import { Table } from './table.ts';
import { IrrelevantRows } from './irrelevant-rows.ts';

/** How many aircraft the fleet begins with. */
const FIRST_AIRCRAFT = 100;

/** The table and all that happens to it. */
export class World {
  readonly #context: FeedContext;
  readonly #irrelevantRows: IrrelevantRows;
  readonly #irrelevantShare: number;
  readonly #activities: readonly (readonly [weight: number, activity: Step])[];
  /** What is left of the beginning, the next last. */
  readonly #opening: Step[];

  /** Takes two forks of `chance`: what happens, and how the stream words it. */
  constructor(settings: FeedSettings, chance: Random) {
    const random = chance.fork();
    const table = new Table(new Stream(settings.streamArn, chance.fork()));
    const expiries = new Expiries(table);
    this.#context = { table, random, plans: new Plans(), expiries, fleet: settings.fleet };
    this.#irrelevantShare = settings.irrelevantShare;
    this.#irrelevantRows = new IrrelevantRows(this.#context);

    const registrations = new Registrations(this.#context);
    const images = new ImageActivity(this.#context, () => registrations.pick()?.mark.registration);
    const links = new Links(this.#context, () => registrations.pickFaa());
    const references = new References(this.#context);
    this.#activities = activitiesOf(registrations, images, links, references);
    // However the dice fall, everything happens once before long.
    const all = this.#activities.map(([, activity]) => activity);
    const fleet = Math.min(settings.fleet, FIRST_AIRCRAFT);
    this.#opening = [
      ...references.load(),
      ...firstFleet(fleet, registrations, images, links),
      ...images.begin(),
      ...all,
    ].reverse();
  }

  /** Goes on until something has changed, and returns the change's records. */
  next(): readonly DynamoDBRecord[] {
    for (;;) {
      this.#step();
      const records = this.#context.table.takeRecords();
      if (records.length > 0) return records;
    }
  }

  #step(): void {
    const { random, expiries, plans } = this.#context;
    if (random.chance(this.#irrelevantShare)) {
      this.#irrelevantRows.step();
      return;
    }
    if (random.chance(0.3) && expiries.step()) return;
    if (plans.step(random)) return;
    const next = this.#opening.pop() ?? random.weighted(this.#activities);
    next();
  }
}

/** Every other aircraft comes with a link, every third with an image. */
function firstFleet(size: number, registrations: Registrations, images: ImageActivity, links: Links): Step[] {
  return Array.from({ length: size }, (_, n) => [
    () => registrations.register(),
    ...(n % 2 === 0 ? [() => links.link()] : []),
    ...(n % 3 === 0 ? [() => images.upload()] : []),
  ]).flat();
}

function activitiesOf(
  registrations: Registrations,
  images: ImageActivity,
  links: Links,
  references: References,
): readonly (readonly [weight: number, activity: Step])[] {
  return [
    [180, () => registrations.touch()],
    [120, () => registrations.update()],
    [80, () => registrations.register()],
    [50, () => registrations.deregister()],
    [3, () => registrations.burst()],
    [4, () => registrations.flap()],
    [80, () => images.upload()],
    [12, () => images.uploadMany()],
    [50, () => images.edit()],
    [50, () => images.touch()],
    [18, () => images.removeOldest()],
    [16, () => images.removeNewest()],
    [4, () => images.purge()],
    [5, () => images.burst()],
    [4, () => images.flap()],
    [70, () => links.link()],
    [60, () => links.move()],
    [12, () => links.pad()],
    [20, () => links.spoil()],
    [25, () => links.mend()],
    [30, () => links.touch()],
    [25, () => links.unlink()],
    [3, () => links.burst()],
    [4, () => links.flap()],
    [12, () => references.edit()],
    [12, () => references.touch()],
    [3, () => references.flap()],
  ];
}
