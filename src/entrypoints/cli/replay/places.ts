/** A line of a file, and how many records have been found to start on it so far. */
interface Line {
  /** `FILE:LINE`. */
  readonly label: string;
  records: number;
}

/** Where something stands in what is replayed. */
export interface Place {
  /** Counts everything that has a place, from the start of the first file. */
  readonly order: number;
  readonly line: Line;
  /** Which record of its line this is, from 1; for what is no record, how many stand before it. */
  readonly record: number;
}

/** Gives records and problems their places, in the order in which they are read. */
export class Places {
  #line: Line = { label: '', records: 0 };
  #order = 0;

  /** Begins a file, which may have the name of the one before. */
  beginFile(): void {
    this.#line = { label: '', records: 0 };
  }

  ofRecord(label: string): Place {
    const line = this.#at(label);
    return { order: this.#order++, line, record: ++line.records };
  }

  ofProblem(label: string): Place {
    const line = this.#at(label);
    return { order: this.#order++, line, record: line.records };
  }

  #at(label: string): Line {
    if (this.#line.label !== label) this.#line = { label, records: 0 };
    return this.#line;
  }
}

/** Once the file is read: only then is it known whether a line has several records. */
export function recordPlace({ line, record }: Place): string {
  return line.records > 1 ? `${line.label}: record ${record} of the line` : line.label;
}

export function problemPlace({ line, record }: Place): string {
  return record > 0 ? `${line.label}: after record ${record} of the line` : line.label;
}
