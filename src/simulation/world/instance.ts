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

/** A process that handles one batch at a time. */
export class Instance implements Place {
  readonly name: string;
  /** How its clock differs from the world's, in milliseconds. */
  skew: number;
  alive = true;
  /** Whether what it has under way no longer takes effect either. */
  isCutOff = false;
  frozenUntil = 0;
  invocation: Invocation | undefined;

  constructor(name: string, skew: number) {
    this.name = name;
    this.skew = skew;
  }

  crash(): void {
    this.alive = false;
    if (this.invocation !== undefined) this.invocation.disturbed = true;
  }

  freeze(until: number): void {
    this.frozenUntil = until;
    if (this.invocation !== undefined) this.invocation.disturbed = true;
  }
}
