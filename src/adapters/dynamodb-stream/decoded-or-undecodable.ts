import { createHash } from 'node:crypto';
import type { Delivery, RecordSummary } from '../../application/delivery.ts';
import type { Change } from '../../domain/change.ts';
import type { Fault } from '../../domain/fault.ts';
import { itemKey } from '../../domain/row.ts';
import type { KeySchema } from '../../domain/table-model.ts';
import type { Version } from '../../domain/version.ts';
import { summaryOf, timeOf } from './record-summary.ts';

/** What logs and reports ask of a record. Computed when asked for: few records are, and a digest takes long. */
class RecordView {
  readonly raw: unknown;
  readonly #keys: KeySchema;
  readonly #place: string | undefined;

  constructor(raw: unknown, keys: KeySchema, place: string | undefined) {
    this.raw = raw;
    this.#keys = keys;
    this.#place = place;
  }

  get record(): RecordSummary {
    return summaryOf(this.raw, this.#keys, this.#place);
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

/** Classes of their own, because assigning to one object takes 0.05 of the 1.6 µs to route, decode and decide a record. */
class ChangeView extends RecordView {
  readonly kind = 'change';
  readonly change: Change;

  constructor(raw: unknown, keys: KeySchema, place: string | undefined, change: Change) {
    super(raw, keys, place);
    this.change = change;
  }
}

class UnrecognisedView extends RecordView {
  readonly kind = 'unrecognised';
}

class UndecodableView extends RecordView {
  readonly kind = 'undecodable';
  readonly fault: Fault;
  readonly item: string | undefined;
  readonly version: Version | undefined;

  constructor(
    raw: unknown,
    keys: KeySchema,
    place: string | undefined,
    fault: Fault,
    version: Version | undefined,
  ) {
    super(raw, keys, place);
    this.fault = fault;
    this.version = version;
    const { pk, sk } = this.record;
    const isKnown = pk !== undefined && (sk !== undefined || keys.sort === undefined);
    this.item = isKnown ? itemKey({ partition: pk, sort: sk }) : undefined;
  }
}

/**
 * @param keys what the table's keys are called.
 * @param change undefined for a row that nothing is derived from.
 */
export function decoded(
  raw: unknown,
  keys: KeySchema,
  place: string | undefined,
  change: Change | undefined,
): Delivery {
  return change === undefined
    ? new UnrecognisedView(raw, keys, place)
    : new ChangeView(raw, keys, place, change);
}

export function undecodable(
  raw: unknown,
  keys: KeySchema,
  place: string | undefined,
  fault: Fault,
  version?: Version,
): Delivery {
  return new UndecodableView(raw, keys, place, fault, version);
}
