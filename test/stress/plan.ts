import { DEFAULT_ROW_WRITES, LINK_MOVES } from '../integration/fault-wire.ts';
import { chanceOf } from '../../src/simulation/world/chance.ts';

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
  /** Writes of each of the application's writers in a round, at most. */
  readonly writes: number;
  readonly entities: number;
  readonly imagesPerEntity: number;
  /** Which share of an entity's rounds is that its only image goes, and another comes soon after. */
  readonly handOvers: number;
  readonly links: number;
  readonly registrations: number;
  /** Further rows of every kind that change all at once, in every round. */
  readonly bulk: number;
  /** Further links that take one tuple all at once in every round, more than fit a transaction with it. */
  readonly hot: number;
  /** Batches of old records that are delivered again in a round, beside the lanes. */
  readonly strays: number;
  /** Which share of requests meets a fault. */
  readonly faults: number;
  /** The task whose requests are often slow, while others are quick: so one thing overtakes another. */
  readonly slowTask: string;
  /** Which share of invocations has little time. */
  readonly hurried: number;
  /** At which share of requests a refusal begins that is no record's fault, and lasts for some requests. */
  readonly refusals: number;
  /** Where poison goes. Without one there is none, as it would block for good. */
  readonly quarantine: 'none' | 'standard' | 'FIFO';
  /** Bytes that the queues take of one message; as much as SQS does, unless given. */
  readonly maxMessageBytes: number | undefined;
}

/** What a queue took at most before it could be more. */
const QUARTER_MIB = 262_144;

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
    ...refusalsOf(seed),
    ...hotOf(seed),
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
        hot: 0,
        strays: 0,
        slowTask: 'BatchGetItem',
      };
}

/** A chance of its own, so that the rest of what a seed decides does not depend on it. */
function refusalsOf(seed: number): Pick<Plan, 'bulk' | 'refusals' | 'quarantine' | 'maxMessageBytes'> {
  const random = chanceOf(seed, 'stress refusals');
  return {
    bulk: random.pick([0, 30, 90]),
    refusals: random.pick([0, 0.02, 0.05]),
    quarantine: random.pick(['none', 'standard', 'FIFO']),
    maxMessageBytes: random.chance(0.4) ? QUARTER_MIB : undefined,
  };
}

/** The same. One batch of a lane must have more than a hundred of them. */
function hotOf(seed: number): Partial<Plan> & Pick<Plan, 'hot'> {
  const random = chanceOf(seed, 'stress hot');
  return random.chance(0.75)
    ? { hot: 0 }
    : { hot: random.int(150, 300), lanes: random.int(1, 2), batchSize: 1_000 };
}
