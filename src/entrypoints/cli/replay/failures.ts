import { createHash } from 'node:crypto';
import type { RecordSummary } from '../../../application/delivery.ts';
import { type Place, problemPlace, recordPlace } from './places.ts';

/** One failed record, or a part of a file that holds none; what is not known is empty. */
export interface ReplayFailure {
  readonly sequenceNumber: string;
  readonly eventID: string;
  readonly pk: string;
  readonly sk: string;
  readonly error: string;
}

/** A failure, and how often it was met, where that was more than once. */
export interface CountedFailure extends ReplayFailure {
  readonly times?: number;
}

interface Entry {
  readonly record: Omit<ReplayFailure, 'error'>;
  readonly place: Place;
  readonly placeText: (place: Place) => string;
  readonly message: string;
  times: number;
}

const NO_RECORD = { sequenceNumber: '', eventID: '', pk: '', sk: '' };

/**
 * What failed in a replay. A record that is delivered twice is one failure, at its first place, counted twice; what cannot be
 * told to be the same record is so only within a line.
 */
export class ReplayFailures {
  readonly #entries = new Map<string, Entry>();
  #total = 0;

  addRecord(place: Place, summary: RecordSummary, raw: unknown, message: string): void {
    const { sequenceNumber = '', eventID = '', pk = '', sk = '' } = summary;
    const content = createHash('sha256')
      .update(contentOf(raw) ?? `${place.order}`)
      .digest('base64');
    // What has no keys and number is found again by its place alone.
    const isKnown = [sequenceNumber, pk, sk].every((part) => part !== '');
    const key = isKnown ? content : `${place.line.label} ${content}`;
    const record = { sequenceNumber, eventID, pk, sk };
    this.#add(key, { record, place, placeText: recordPlace, message, times: 0 });
  }

  addProblem(place: Place, message: string): void {
    const key = `${problemPlace(place)}: ${message}`;
    this.#add(key, { record: NO_RECORD, place, placeText: problemPlace, message, times: 0 });
  }

  #add(key: string, found: Entry): void {
    const entry = this.#entries.get(key) ?? found;
    entry.times++;
    this.#entries.set(key, entry);
    this.#total++;
  }

  /** How many there were, equal ones included. */
  get total(): number {
    return this.#total;
  }

  /** In the order of the files. */
  list(): CountedFailure[] {
    return [...this.#entries.values()]
      .sort((a, b) => a.place.order - b.place.order)
      .map(({ record, place, placeText, message, times }) => ({
        ...record,
        error: `${placeText(place)}: ${message}`,
        ...(times > 1 && { times }),
      }));
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
