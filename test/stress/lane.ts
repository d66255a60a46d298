import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBRecord } from 'aws-lambda';
import { EventSource, type EventSourceCounts } from '../../local/lambda/event-source.ts';

/** How often a batch is tried without any progress. Faults end some time; a bug does not. */
const ATTEMPTS = 100;

/** A part of the stream: delivers its records in their order, a batch at a time, while more of them come. */
export class Lane {
  readonly #source: EventSource;
  readonly #batchSize: number;
  readonly #records: DynamoDBRecord[] = [];
  #delivered = 0;

  constructor(handler: (event: unknown) => Promise<unknown>, batchSize: number) {
    this.#batchSize = batchSize;
    this.#source = new EventSource(handler, {
      batchSize,
      maxAttempts: ATTEMPTS,
      sleep: (milliseconds) => sleep(Math.min(milliseconds, 100)),
    });
  }

  get counts(): EventSourceCounts {
    return this.#source.counts;
  }

  get lastError(): unknown {
    return this.#source.lastError;
  }

  /** Records that were not handled in all attempts. */
  get givenUp(): readonly DynamoDBRecord[] {
    return this.#source.givenUp;
  }

  /** Records that were handled, in their order. */
  get handled(): readonly DynamoDBRecord[] {
    return this.#records.slice(0, this.#delivered);
  }

  hasHandled(record: DynamoDBRecord): boolean {
    const place = this.#records.indexOf(record);
    return place >= 0 && place < this.#delivered;
  }

  append(record: DynamoDBRecord): void {
    this.#records.push(record);
  }

  /** Delivers what there is and what comes, until `isOver` and everything is handled or given up. */
  async run(isOver: () => boolean): Promise<void> {
    for (;;) {
      const batch = this.#records.slice(this.#delivered, this.#delivered + this.#batchSize);
      if (batch.length > 0) {
        await this.#source.deliver(batch);
        this.#delivered += batch.length;
      } else if (isOver()) return;
      else await sleep(2);
    }
  }
}
