import type { Delivery, Outcome } from '../../application/delivery.ts';
import type { LogFields, LogLevel } from '../../application/ports/logger.ts';
import type { MetricName } from '../../application/ports/metrics.ts';
import type { Entry } from './entry.ts';
import type { Place } from './scheduler.ts';

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** One batch on its way through a worker. Times in virtual milliseconds. */
export interface Invocation {
  readonly number: number;
  readonly instance: Instance;
  readonly entries: readonly Entry[];
  /** Whether an operator has put right what was spoiled. */
  readonly repaired: boolean;
  readonly started: number;
  /** When the worker must have returned. */
  readonly stops: number;
  readonly signal: AbortSignal;
  /** What the worker made of the records, as soon as it has. */
  deliveries?: readonly Delivery[];
  outcomes?: readonly Outcome[];
  readonly log: LogLine[];
  /** The sequence numbers of the changes whose actions its worker means not to send again. */
  readonly remembered: Set<string>;
  /** The records that its worker has sent to quarantine. */
  readonly offered: Set<Entry>;
  metrics?: ReadonlyMap<MetricName, number>;
  /** Whether its process was stopped for a time, so that nothing is said of how long it takes. */
  disturbed: boolean;
  /** Whether the handler is through, well or not. */
  finished: boolean;
}

/** What lives and dies as one, and has one clock. */
export class Life implements Place {
  /** How its clock differs from the world's, in milliseconds. */
  skew: number;
  alive = true;
  /** Whether what it has under way no longer takes effect either. */
  isCutOff = false;
  frozenUntil = 0;
  /** Whether it was ever stopped for a time, or has died. */
  isDisturbed = false;
  readonly #instances: Instance[] = [];
  readonly #onEnd: () => void;

  /** @param onEnd told when it crashes. */
  constructor(skew: number, onEnd: () => void = () => undefined) {
    this.skew = skew;
    this.#onEnd = onEnd;
  }

  add(instance: Instance): void {
    this.#instances.push(instance);
  }

  crash(): void {
    if (!this.alive) return;
    this.alive = false;
    this.#disturb();
    this.#onEnd();
  }

  freeze(until: number): void {
    this.frozenUntil = until;
    this.#disturb();
  }

  #disturb(): void {
    this.isDisturbed = true;
    for (const { invocation } of this.#instances) if (invocation !== undefined) invocation.disturbed = true;
  }
}

/** What handles one batch at a time: a process, or a part of one that handles several. */
export class Instance implements Place {
  readonly name: string;
  readonly life: Life;
  invocation: Invocation | undefined;

  constructor(name: string, life: Life) {
    this.name = name;
    this.life = life;
    life.add(this);
  }

  get alive(): boolean {
    return this.life.alive;
  }

  get frozenUntil(): number {
    return this.life.frozenUntil;
  }
}
