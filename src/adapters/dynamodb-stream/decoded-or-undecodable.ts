import { createHash } from 'node:crypto';
import type { Delivery, RecordSummary } from '../../application/delivery.ts';
import type { Change } from '../../domain/change.ts';
import type { Fault } from '../../domain/fault.ts';
import { itemKey, summaryOf, timeOf } from './record-summary.ts';

/** What logs and reports ask of a record. Computed when asked for: few records are, and a digest takes long. */
class RecordView {
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
      // Nested too deeply, or not JSON at all.
      return undefined;
    }
  }
}

/** @param change undefined for a row that nothing is derived from. */
export function decoded(raw: unknown, place: string | undefined, change: Change | undefined): Delivery {
  const view = new RecordView(raw, place);
  return change === undefined
    ? Object.assign(view, { kind: 'unrecognised' } as const)
    : Object.assign(view, { kind: 'change', change } as const);
}

export function undecodable(raw: unknown, place: string | undefined, fault: Fault): Delivery {
  const view = new RecordView(raw, place);
  const { pk, sk } = view.record;
  const item = pk === undefined || sk === undefined ? undefined : itemKey(pk, sk);
  return Object.assign(view, { kind: 'undecodable', fault, item } as const);
}
