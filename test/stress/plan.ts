import { DEFAULT_ROW_WRITES, LINK_MOVES } from '../integration/fault-wire.ts';
import { chanceOf } from '../simulation/chance.ts';

/** What a seed decides of a run. Times in milliseconds. */
export interface Plan {
  readonly seed: number;
  /** Handler instances that share the stream's items: each keeps the order of its own. */
  readonly lanes: number;
  readonly batchSize: number;
  /** Attempts of the SDK at one request; undefined for its own number. */
  readonly sdkAttempts: number | undefined;
  /** How often the application writes and then rests until all is handled. */
  readonly rounds: number;
  /** Writes of each of the application's writers in a round, at the most. */
  readonly writes: number;
  readonly entities: number;
  readonly imagesPerEntity: number;
  /** Which share of an entity's rounds is that its only image goes, and another comes soon after. */
  readonly handOvers: number;
  readonly links: number;
  readonly registrations: number;
  /** Batches of old records that are delivered again in a round, beside the lanes. */
  readonly strays: number;
  /** Which share of requests meets a fault. */
  readonly faults: number;
  /** The task whose requests are often slow, while others are quick: so one thing overtakes another. */
  readonly slowTask: string;
  /** Which share of invocations has little time. */
  readonly hurried: number;
}

export function planOf(seed: number): Plan {
  const random = chanceOf(seed, 'stress');
  const plan = {
    seed,
    lanes: random.int(2, 6),
    rounds: random.int(2, 4),
    batchSize: random.pick([1, 10, 100]),
    sdkAttempts: random.pick([1, undefined]),
    writes: random.int(1, 6),
    entities: random.int(1, 6),
    imagesPerEntity: random.int(2, 3),
    handOvers: 0.3,
    links: random.int(0, 6),
    registrations: random.int(0, 2),
    strays: random.int(0, 3),
    faults: random.pick([0, 0.05, 0.1, 0.2]),
    slowTask: random.pick(['BatchGetItem', 'BatchGetItem', 'Query', DEFAULT_ROW_WRITES, LINK_MOVES]),
    hurried: random.pick([0, 0.1, 0.3]),
  };
  // Where little happens at a time, nothing that went wrong is put right by what happens beside it.
  return random.chance(0.5)
    ? plan
    : {
        ...plan,
        lanes: 6,
        rounds: 5,
        entities: 6,
        handOvers: 1,
        links: 0,
        strays: 0,
        slowTask: 'BatchGetItem',
      };
}
