import { createHash } from 'node:crypto';
import type { RecordSummary } from '../../../application/delivery.ts';
import { compareTexts } from '../../../domain/compare-texts.ts';
import { compareSequences } from '../../../domain/version.ts';

/** One failed record, or a part of a file that holds none; what is not known is empty. */
export interface ReplayFailure {
  readonly sequenceNumber: string;
  readonly eventID: string;
  readonly pk: string;
  readonly sk: string;
  readonly error: string;
}

/** What failed in a replay. A record that is delivered twice fails once. */
export class ReplayFailures {
  readonly #failures = new Map<string, ReplayFailure>();

  addRecord(summary: RecordSummary, raw: unknown, message: string): void {
    const { sequenceNumber = '', eventID = '', pk = '', sk = '', place = '' } = summary;
    const key = createHash('sha256')
      .update(contentOf(raw) ?? place)
      .digest('base64');
    if (!this.#failures.has(key))
      this.#failures.set(key, { sequenceNumber, eventID, pk, sk, error: `${place}: ${message}` });
  }

  addProblem(place: string, message: string): void {
    const error = `${place}: ${message}`;
    this.#failures.set(error, { sequenceNumber: '', eventID: '', pk: '', sk: '', error });
  }

  get size(): number {
    return this.#failures.size;
  }

  /** Sorted by field: sequence numbers as numbers, the others as texts. */
  sorted(): ReplayFailure[] {
    return [...this.#failures.values()].sort(
      (a, b) =>
        compareSequences(a.sequenceNumber, b.sequenceNumber) ||
        compareTexts(a.eventID, b.eventID) ||
        compareTexts(a.pk, b.pk) ||
        compareTexts(a.sk, b.sk) ||
        compareTexts(a.error, b.error),
    );
  }
}

function contentOf(raw: unknown): string | undefined {
  try {
    return JSON.stringify(raw);
  } catch {
    // Nested too deeply for JSON.stringify: then its place is who it is.
    return undefined;
  }
}
