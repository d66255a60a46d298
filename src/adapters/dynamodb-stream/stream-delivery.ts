import { createHash } from 'node:crypto';
import type { RecordSummary } from '../../application/delivery.ts';
import type { Change } from '../../domain/change.ts';
import type { Fault } from '../../domain/fault.ts';
import { itemKey, summaryOf, timeOf } from './record-summary.ts';

/** Summaries are for logs of failures, so that each is made when it is asked for. */
abstract class StreamDelivery {
  readonly raw: unknown;
  readonly #place: string | undefined;

  constructor(raw: unknown, place: string | undefined) {
    this.raw = raw;
    this.#place = place;
  }

  get record(): RecordSummary {
    return summaryOf(this.raw, this.#place);
  }

  get at(): number | undefined {
    return timeOf(this.raw);
  }

  get digest(): string | undefined {
    try {
      return createHash('sha256').update(JSON.stringify(this.raw)).digest('base64');
    } catch {
      // Nested too deeply, or nothing that JSON knows.
      return undefined;
    }
  }
}

export class ChangeRecord extends StreamDelivery {
  readonly kind = 'change';
  readonly change: Change;

  constructor(raw: unknown, place: string | undefined, change: Change) {
    super(raw, place);
    this.change = change;
  }
}

export class UnrecognisedRecord extends StreamDelivery {
  readonly kind = 'unrecognised';
}

export class UndecodableRecord extends StreamDelivery {
  readonly kind = 'undecodable';
  readonly fault: Fault;
  readonly item: string | undefined;

  constructor(raw: unknown, place: string | undefined, fault: Fault) {
    super(raw, place);
    this.fault = fault;
    const { pk, sk } = this.record;
    this.item = pk === undefined || sk === undefined ? undefined : itemKey(pk, sk);
  }
}
