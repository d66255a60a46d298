import type { Random } from '../../random/random.ts';
import {
  type CallFault,
  COMMAND_FAULTS,
  type CommandPort,
  INDEXER_FAULTS,
  type IndexerPort,
  type Port,
  READER_FAULTS,
  type ReaderPort,
  WEIGHTS,
} from './call-faults.ts';
import { chanceOf } from '../world/chance.ts';
import type { Choices } from '../world/choices.ts';
import type { Counts } from '../world/counts.ts';
import type { FaultLevel, Settings } from '../world/settings.ts';

/** Says what goes wrong, call by call. */
export interface Faults {
  ofCall(port: Port, now: number): CallFault | undefined;
  ofIndexer(port: IndexerPort, now: number): CallFault | undefined;
  ofReader(port: ReaderPort, now: number): CallFault | undefined;
  /** @param until when commands meet no faults any more. */
  ofCommand(port: CommandPort | Port, now: number, until: number): CallFault | undefined;
  /** The queue's own mistake: a message is there twice. */
  duplicates(now: number): boolean;
}

/** What can be refused for one entry alone. */
const WRITES: readonly Port[] = [
  'queue.send',
  'images.save',
  'matcher.apply',
  'rows.apply',
  'effects.advance',
];

/** How often calls of a busy indexer go wrong. */
const BUSY = 0.25;

/** How often calls of a reader go wrong, which are many. */
const READER_RATES: Record<FaultLevel, number> = { none: 0, light: 0.03, heavy: 0.12 };

/** How often calls of a command go wrong, which are many. */
const COMMAND_RATES: Record<FaultLevel, number> = { none: 0, light: 0.02, heavy: 0.06 };

const RATES: Record<FaultLevel, number> = { none: 0, light: 0.05, heavy: 0.3 };

/**
 * What goes wrong in a seed's world. Depends on nothing but the seed and how often the same thing was done before, so that one
 * fault can be left out and the others stay.
 */
export class FaultPlan implements Faults {
  readonly #settings: Settings;
  readonly #choices: Choices;
  readonly #calls = new Map<string, number>();
  readonly #counts: Counts;

  constructor(settings: Settings, choices: Choices, counts: Counts) {
    this.#settings = settings;
    this.#choices = choices;
    this.#counts = counts;
  }

  ofCall(port: Port, now: number): CallFault | undefined {
    const { callFaults, faultyPort, faults, refusals } = this.#settings;
    if (
      callFaults.length === 0 ||
      (faultyPort !== undefined && port !== faultyPort && port !== 'generations.of')
    )
      return undefined;
    const rate = RATES[faults] * (faultyPort === undefined ? 1 : 2);
    return (
      this.#next(port, now, rate, (random) =>
        random.weighted(callFaults.map((fault) => [WEIGHTS[fault], fault] as const)),
      ) ?? this.#next(`refusals of ${port}`, now, WRITES.includes(port) ? refusals : 0, () => 'refusal')
    );
  }

  ofIndexer(port: IndexerPort, now: number): CallFault | undefined {
    const rate = this.#settings.isIndexerBusy ? BUSY : RATES[this.#settings.faults];
    return this.#next(port, now, rate, (random) => random.weighted(INDEXER_FAULTS));
  }

  ofReader(port: ReaderPort, now: number): CallFault | undefined {
    const rate = READER_RATES[this.#settings.faults];
    return this.#next(port, now, rate, (random) => random.weighted(READER_FAULTS));
  }

  ofCommand(port: CommandPort | Port, now: number, until: number): CallFault | undefined {
    const rate = COMMAND_RATES[this.#settings.faults];
    return this.#next(`commands' ${port}`, now, rate, (random) => random.weighted(COMMAND_FAULTS), until);
  }

  duplicates(now: number): boolean {
    return this.#next('queue duplicates', now, RATES[this.#settings.faults], () => 'duplicate') !== undefined;
  }

  #next<T extends string>(
    what: string,
    now: number,
    rate: number,
    pick: (random: Random) => T,
    until = this.#settings.quietFrom,
  ): T | undefined {
    const { seed, faults } = this.#settings;
    const number = (this.#calls.get(what) ?? 0) + 1;
    this.#calls.set(what, number);
    if (now >= until || faults === 'none') return undefined;
    const random = chanceOf(seed, 'fault', what, number);
    if (!random.chance(rate)) return undefined;
    const fault = pick(random);
    if (!this.#choices.take(`${what} ${number}: ${fault}`)) return undefined;
    this.#counts.add(`fault in ${what}: ${fault}`);
    return fault;
  }
}
