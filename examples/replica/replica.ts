import type { RawChange, Reader } from 'contrail';

/** A row in DynamoDB JSON, bytes as base64: it has every digit, and can be saved as it is. */
export type Row = Readonly<Record<string, unknown>>;

/** A table, as a copy reads it. */
export interface ReplicatedTable {
  /** The names of its key attributes. */
  readonly keys: readonly string[];
  /** A reader of its changes: from a state on, or `from: 'latest'`. */
  reader(state: string | undefined): Reader<RawChange>;
  /** All of its rows, each read consistently. */
  rows(signal: AbortSignal): AsyncIterable<Row>;
}

/** What a copy goes on from: the two belong together, and are to be replaced together. */
export interface SavedCopy {
  readonly state: string;
  readonly rows: readonly Row[];
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Where it goes on; unless given, the table is read. */
  readonly saved?: SavedCopy | undefined;
  /** Called after every so many changes. */
  readonly save?: { readonly everyChanges: number; to(copy: SavedCopy): Promise<void> };
}

/** A copy of a table in memory. */
export class Replica {
  readonly #table: ReplicatedTable;
  #rows: Map<string, Row> | undefined;
  #reader: Reader<RawChange> | undefined;

  constructor(table: ReplicatedTable) {
    this.#table = table;
  }

  /** Its rows; undefined until there is a whole copy. */
  get rows(): readonly Row[] | undefined {
    return this.#rows && [...this.#rows.values()];
  }

  /** The row with this key, which is in DynamoDB JSON too. */
  row(key: Row): Row | undefined {
    return this.#rows?.get(this.#nameOf(key));
  }

  /** How far it is behind the table, in milliseconds; undefined where that is unknown. */
  get lagMs(): number | undefined {
    return this.#rows && this.#reader?.status.lagMs;
  }

  /** Follows the table until the signal is aborted. Where changes are lost, it reads the table anew. */
  async follow(options: FollowOptions): Promise<void> {
    const isStopped = () => options.signal.aborted;
    for (let { saved } = options; !isStopped(); saved = undefined)
      try {
        await this.#follow(saved, options);
      } catch (error) {
        if (!isStopped() && !(error instanceof ChangesLost)) throw error;
      }
  }

  async #follow(saved: SavedCopy | undefined, { signal, save }: FollowOptions): Promise<void> {
    const reader = (this.#reader = this.#table.reader(saved?.state)).on('gap', () => {
      throw new ChangesLost();
    });
    const changes = reader.changes({ signal });
    try {
      // The bookmark comes before the scan: a change that the scan did not see comes behind it.
      await changes.begun();
      const rows = new Map<string, Row>();
      for await (const row of saved?.rows ?? this.#table.rows(signal)) rows.set(this.#nameOf(row), row);
      this.#rows = rows;
      let unsaved = 0;
      for await (const change of changes) {
        // All of them, in their order, also those that the scan has seen: the last one of a row decides.
        this.#apply(rows, change);
        if (save === undefined || ++unsaved < save.everyChanges) continue;
        // The state has no change that the rows do not have.
        const state = await reader.state();
        await save.to({ state, rows: [...rows.values()] });
        unsaved = 0;
      }
    } finally {
      await changes.return();
    }
  }

  #apply(rows: Map<string, Row>, { after, record }: RawChange): void {
    const { Keys = {}, NewImage = {} } = (record.dynamodb ?? {}) as Readonly<Record<string, Row>>;
    if (after === undefined) rows.delete(this.#nameOf(Keys));
    else rows.set(this.#nameOf(Keys), NewImage);
  }

  #nameOf(row: Row): string {
    return JSON.stringify(this.#table.keys.map((name) => row[name]));
  }
}

class ChangesLost extends Error {}
