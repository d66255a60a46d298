import type { ScanPage, ScanRequest } from './table-scan.ts';

/** What an export of a table says of itself. */
export interface ExportDescription {
  /** The table's ARN. */
  readonly table: string;
  /** What the table has to itself, also among those that had its name before; undefined where that is not said. */
  readonly tableId: string | undefined;
  /** Of when its rows are, in milliseconds since 1970. */
  readonly at: number;
  /** How many rows it has. */
  readonly rows: number;
  /** No other export has the same. */
  readonly identity: string;
  /** What to call it in a message. */
  readonly name: string;
}

/** The rows that a table had at one moment, out of an export: they are read without asking the table for anything. */
export abstract class ExportedRows {
  abstract readonly description: ExportDescription;

  /**
   * Reads one page of a segment, as `TableScan` does, but each row as it was at `description.at`; it takes no read units.
   *
   * - Each row of the export is in exactly one page of a scan.
   * - A page may be read again from the same place, also by another process.
   * - Any number of pages of different segments may be read at once. Memory depends on the largest rows, not on their number.
   *
   * @throws Fault `configuration` that names file and line where the export is damaged or incomplete, for a row without the table's
   *   key, and for a place that is of no page of such a scan; another where the page cannot be read. Rejects once `signal` is aborted.
   */
  abstract page(request: ScanRequest, signal?: AbortSignal): Promise<ScanPage>;
}
