import type { DynamoDBRecord } from 'aws-lambda';
import { Agenda, type Step } from './agenda.ts';
import { Registrations } from './aircraft.ts';
import { Expiries } from './expiries.ts';
import { Galleries } from './galleries.ts';
import { Links } from './links.ts';
import type { FeedSettings } from './options.ts';
import type { Random } from './random.ts';
import { References } from './references.ts';
import type { Scene } from './scene.ts';
import { Stream } from './stream.ts';
import { Table } from './table.ts';
import { Visitors } from './visitors.ts';

/** How many aircraft the fleet begins with. */
const FIRST_AIRCRAFT = 100;

/** The table and all that happens to it. */
export class World {
  readonly #scene: Scene;
  readonly #visitors: Visitors;
  readonly #irrelevantShare: number;
  readonly #activities: readonly (readonly [weight: number, activity: Step])[];
  /** What is left of the beginning, the next last. */
  readonly #opening: Step[];

  /** Takes two forks of `chance`: what happens, and how the stream words it. */
  constructor(settings: FeedSettings, chance: Random) {
    const random = chance.fork();
    const table = new Table(new Stream(settings.streamArn, chance.fork()));
    const expiries = new Expiries(table);
    this.#scene = { table, random, agenda: new Agenda(), expiries, fleet: settings.fleet };
    this.#irrelevantShare = settings.irrelevantShare;
    this.#visitors = new Visitors(this.#scene);

    const registrations = new Registrations(this.#scene);
    const galleries = new Galleries(this.#scene, () => registrations.pick()?.mark.registration);
    const links = new Links(this.#scene, () => registrations.pickFaa());
    const references = new References(this.#scene);
    this.#activities = activitiesOf(registrations, galleries, links, references);
    // However the dice fall, everything happens once before long.
    const all = this.#activities.map(([, activity]) => activity);
    const fleet = Math.min(settings.fleet, FIRST_AIRCRAFT);
    this.#opening = [
      ...references.load(),
      ...firstFleet(fleet, registrations, galleries, links),
      ...galleries.begin(),
      ...all,
    ].reverse();
  }

  /** Goes on until something has changed, and returns the change's records. */
  next(): readonly DynamoDBRecord[] {
    for (;;) {
      this.#step();
      const records = this.#scene.table.takeRecords();
      if (records.length > 0) return records;
    }
  }

  #step(): void {
    const { random, expiries, agenda } = this.#scene;
    if (random.chance(this.#irrelevantShare)) {
      this.#visitors.step();
      return;
    }
    if (random.chance(0.3) && expiries.step()) return;
    if (agenda.step(random)) return;
    const next = this.#opening.pop() ?? random.weighted(this.#activities);
    next();
  }
}

/** Every other aircraft comes with a link, every third with an image. */
function firstFleet(size: number, registrations: Registrations, galleries: Galleries, links: Links): Step[] {
  return Array.from({ length: size }, (_, n) => [
    () => registrations.register(),
    ...(n % 2 === 0 ? [() => links.link()] : []),
    ...(n % 3 === 0 ? [() => galleries.upload()] : []),
  ]).flat();
}

function activitiesOf(
  registrations: Registrations,
  galleries: Galleries,
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
    [80, () => galleries.upload()],
    [12, () => galleries.uploadMany()],
    [50, () => galleries.edit()],
    [50, () => galleries.touch()],
    [18, () => galleries.removeOldest()],
    [16, () => galleries.removeNewest()],
    [4, () => galleries.purge()],
    [5, () => galleries.burst()],
    [4, () => galleries.flap()],
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
