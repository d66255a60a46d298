import type { ItemKey } from '../../domain/row.ts';
import type { Attributes } from '../../domain/value.ts';

/** A row as a scan finds it. */
export interface ScannedRow {
  readonly key: ItemKey;
  /** Keys among them, with every digit and byte. They may throw a Fault where one is asked for that cannot be decoded. */
  readonly attributes: Attributes;
}

/** What to read next. */
export interface ScanRequest {
  /** Which part of the table, from 0 on; each row is in one. */
  readonly segment: number;
  /** Into how many parts the table is divided: the same for all pages of a scan. */
  readonly segments: number;
  /** Where the page begins: `next` of the page before; undefined for the segment's beginning. */
  readonly from: string | undefined;
  /** Rows that the page has at most, at least 1. */
  readonly limit: number;
}

export interface ScanPage {
  /** May be fewer than were asked for, and none. */
  readonly rows: readonly ScannedRow[];
  /** Where the next page begins: a short text that outlives the process. Undefined after the segment's last page. */
  readonly next: string | undefined;
  /** Read units that the page took, as the table counts them; one for each row where the store has no such units. */
  readonly readUnits: number;
}

/** How large a table is, as far as its store tells without reading it. */
export interface TableSize {
  /** Rows, as last counted: for an estimate. */
  readonly rows: number;
  /** Read units that a scan of all of it takes, by its size as last measured. */
  readonly scanUnits: number;
  /** Read units a second that are provisioned, or the most on demand; undefined where there is no such bound. */
  readonly readUnitsPerSecond: number | undefined;
}

/** Reads all rows of the table, page by page: memory does not grow with their number. */
export abstract class TableScan {
  /**
   * Reads one page of a segment, consistently: each row as it is at some moment after the call.
   *
   * - A row that is there from a scan's first page to its last is in exactly one page. One that is put or removed meanwhile may
   *   be missing, and one that is removed and put again may be there twice.
   * - A page may be read again from the same place, also by another process.
   * - Any number of pages of different segments may be read at once.
   *
   * @throws Fault `configuration` for a place that is of no page of such a scan, or a table with other keys; another where the
   *   page cannot be read. Rejects once `signal` is aborted; no further request starts then.
   */
  abstract page(request: ScanRequest, signal?: AbortSignal): Promise<ScanPage>;

  /** @throws Fault where it cannot be told. Rejects once `signal` is aborted. */
  abstract size(signal?: AbortSignal): Promise<TableSize>;
}
