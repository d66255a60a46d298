import type { Entry } from './entry.ts';
import { StreamReaders } from '../reader/stream-readers.ts';
import type { Loss, StreamReading } from './stream.ts';

/** A stream, and who reads it. */
export interface ReadStream {
  readonly epoch: number;
  readonly arn: string;
  readonly source: StreamReading;
}

/** A time in which one table is the one that is written to. Its place among all is the generation that it must have. */
export interface Reign {
  readonly tableArn: string;
  /** The table's streams in that time: more than one where it was switched off and on. */
  readonly streams: ReadStream[];
}

/** The tables that were written to, one after the other, and how far an operator has let them follow. */
export class Reigns {
  readonly all: Reign[] = [];
  #followed = 0;

  get present(): Reign {
    return this.all[this.all.length - 1] as Reign;
  }

  /** How many are followed, or were. */
  get followed(): number {
    return this.#followed;
  }

  /** The next one that is to follow; undefined when all do. */
  get next(): Reign | undefined {
    return this.all[this.#followed];
  }

  begin(tableArn: string): void {
    this.all.push({ tableArn, streams: [] });
  }

  addStream(stream: ReadStream): void {
    this.present.streams.push(stream);
  }

  get isPresentFollowed(): boolean {
    return this.#followed === this.all.length;
  }

  follow(): void {
    this.#followed++;
  }

  /** The present table's latest stream of an earlier time, and the epochs in which it was read. */
  streamFromBefore(): { readonly arn: string; readonly epochs: ReadonlySet<number> } | undefined {
    const streams = this.earlierOf(this.present).flatMap((reign) => reign.streams);
    const arn = streams.at(-1)?.arn;
    if (arn === undefined) return undefined;
    const same = streams.filter((stream) => stream.arn === arn);
    return { arn, epochs: new Set(same.map(({ epoch }) => epoch)) };
  }

  /** The processes that read streams, stream by stream: none where Lambda does. */
  get readers(): readonly StreamReaders[] {
    return this.all.flatMap(({ streams }) =>
      streams.flatMap(({ source }) => (source instanceof StreamReaders ? source : [])),
    );
  }

  /** Whether a record has left its stream before it was handled. */
  lossOf(entry: Entry): Loss | undefined {
    for (const { streams } of this.all)
      for (const { epoch, source } of streams)
        if (epoch === entry.position.epoch) return source.lossOf(entry);
    return undefined;
  }

  /** Earlier times of the reign's table. */
  earlierOf(reign: Reign): readonly Reign[] {
    return this.all.slice(0, this.all.indexOf(reign)).filter(({ tableArn }) => tableArn === reign.tableArn);
  }

  /** Whether the record is of the table at an earlier time than the reign. */
  isBefore(reign: Reign, { position }: Entry): boolean {
    return this.earlierOf(reign).some(({ streams }) => streams.some(({ epoch }) => epoch === position.epoch));
  }

  /** Whether the record's table has been let follow once more since: then it would be taken for new. */
  isBygone(entry: Entry): boolean {
    return this.all.slice(0, this.#followed).some((reign) => this.isBefore(reign, entry));
  }
}
