import type { ShardStates } from '../../application/ports/shard-states.ts';
import type { StreamSource } from '../../application/ports/stream-source.ts';
import type { Gap } from '../../domain/shard.ts';
import { type Around, sourceWith, statesWith } from '../reader/calls.ts';
import type { ModelledRecord, ModelledShard, ModelledStream } from '../reader/modelled-stream.ts';
import type { Report } from './violation.ts';

interface RuleParts<Of extends ModelledRecord> {
  readonly stream: ModelledStream<Of>;
  /** What readers have noted of it. */
  readonly states: ShardStates;
  /** Where they begin. */
  readonly from: 'beginning' | 'horizon' | 'latest';
  readonly report: Report;
  /** Names a record. */
  readonly nameOf: (record: Of) => string;
  /** Whether nothing is made of a record's item, whatever it holds: then its order does not matter. All matter unless given. */
  readonly isOfNoKind?: (record: Of) => boolean;
}

/** Looks at everything that the readers of a stream do, whatever happens to them. */
export class ReaderRules<Of extends ModelledRecord = ModelledRecord> {
  /** To be used in place of the states that were given. */
  readonly states: ShardStates;
  readonly #parts: RuleParts<Of>;
  readonly #stream: ModelledStream<Of>;
  readonly #inner: ShardStates;
  readonly #handled = new Set<Of>();
  readonly #byItem = new Map<string, Of[]>();
  /** How many of the stream's records are in `#byItem`. */
  #sorted = 0;
  /** Above which number a shard's records are promised, of those that are begun at the latest: by the last such iterator, as others may have got lost. */
  readonly #latest = new Map<string, bigint>();
  /** The first of each shard that was given to a reader. */
  readonly #begun = new Map<string, bigint>();
  /** What had left the stream before anybody read. */
  #lostBefore: ReadonlySet<Of> | undefined;
  #isClaimed = false;
  /** The shards that were there when somebody began to read. */
  #listedFirst: ReadonlySet<string> = new Set();
  readonly #frontiers = new Map<string, string>();
  #gaps: readonly Gap[] = [];

  constructor(parts: RuleParts<Of>) {
    this.#parts = parts;
    this.#stream = parts.stream;
    this.#inner = parts.states;
    this.states = statesWith(parts.states, this.#around);
  }

  /** What goes on is watched after each effect. */
  readonly #around: Around = async (name, make) => {
    const result = await make();
    if (name === 'claim') this.#isClaimed = true;
    // As long as nobody has claimed anything, nobody has begun.
    if (name === 'add' && !this.#isClaimed) {
      this.#lostBefore = new Set(this.#stream.written.filter((one) => this.#stream.isTrimmed(one)));
      this.#listedFirst = new Set(this.#stream.listed.map(({ id }) => id));
    }
    if (name === 'advance' || name === 'noteGaps') await this.#checkStates();
    return result;
  };

  /** Whether somebody has begun with one of its shards. */
  get isBegun(): boolean {
    return this.#isClaimed;
  }

  /** The source as one process is to use it. */
  source(source: StreamSource): StreamSource {
    const seen = sourceWith(source, (_, make) => make());
    const iterator: StreamSource['iterator'] = async (shard, position) => {
      const number = typeof position === 'object' ? (position.after ?? position.at) : '0';
      if (!/^\d+$/.test(number))
        this.#parts.report(
          'a reader asks for nothing that there is not',
          `the records from ${number} of ${shard}`,
        );
      const found = await source.iterator(shard, position);
      if (position === 'latest' && found.is === 'iterator')
        this.#latest.set(shard, BigInt((JSON.parse(found.iterator) as { above: string }).above));
      return found;
    };
    const records: StreamSource['records'] = async (at, max) => {
      const page = await source.records(at, max);
      if (page.is !== 'page') return page;
      for (const { record } of page.records) {
        const { shard, sequence } = record as Of;
        if (!this.#begun.has(shard)) this.#begun.set(shard, BigInt(sequence));
      }
      return page;
    };
    return Object.assign(seen, { iterator, records });
  }

  /** A reader was told that a record is done. */
  handled(record: Of): void {
    if (this.#handled.has(record)) return;
    // What has no item waits for nothing. What cannot be read any more may be noted as a gap later: by whoever takes over its shard.
    const { isOfNoKind = () => false } = this.#parts;
    const left =
      record.item === '' || isOfNoKind(record)
        ? undefined
        : this.#ofItem(record.item).find(
            (each) =>
              BigInt(each.sequence) < BigInt(record.sequence) &&
              !this.isDone(each) &&
              !this.#stream.isTrimmed(each),
          );
    if (left !== undefined)
      this.#parts.report(
        'the records of an item are handled in their order, unless a gap is noted',
        `${this.#nameOf(record)} before ${this.#nameOf(left)}`,
      );
    this.#handled.add(record);
  }

  /** Whether it was handled, or has left the stream, which is noted. */
  isDone(record: Of): boolean {
    return this.#handled.has(record) || this.#isExcused(record);
  }

  isHandled(record: Of): boolean {
    return this.#handled.has(record);
  }

  /** The gaps that are noted. */
  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  /** What is not handled, or not noted as handled, although it might be. */
  async left(): Promise<string | undefined> {
    this.#gaps = await this.#inner.gaps(this.#stream.arn);
    const left = this.#stream.written.find((record) => !this.isDone(record));
    if (left !== undefined) return this.#nameOf(left);
    const noted = new Map((await this.#inner.load(this.#stream.arn)).map((state) => [state.id, state]));
    for (const { id, closedAt, records } of this.#stream.listed) {
      const state = noted.get(id);
      const handled = records.filter((record) => this.#isPromised(record) && this.#handled.has(record));
      if (handled.length === 0 || state?.complete === true) continue;
      if (closedAt !== undefined) return `${id} is not complete`;
      // One that left the stream before that was noted nobody gets again to note it: the gap is for it too.
      const last = handled.findLast((record) => !this.#isExcused(record));
      if (last !== undefined && BigInt(last.sequence) > BigInt(state?.frontier ?? 0))
        return `${id} stands at ${state?.frontier}`;
    }
    return undefined;
  }

  /** Processes have ended well that were told to end. */
  async ended(owners: ReadonlySet<string>): Promise<void> {
    for (const { id, lease, complete } of await this.#inner.load(this.#stream.arn))
      if (owners.has(lease.owner) && !complete)
        this.#parts.report('a stopped reader leaves no lease', `${id}: ${lease.owner}`);
  }

  async #checkStates(): Promise<void> {
    this.#gaps = await this.#inner.gaps(this.#stream.arn);
    for (const gap of this.#gaps)
      if (!this.#isLoss(gap))
        this.#parts.report(
          'a gap is noted only where records are lost',
          `${gap.reason} ${gap.shard} after ${gap.after}`,
        );
    for (const { id, frontier, complete } of await this.#inner.load(this.#stream.arn)) {
      const shard = this.#shard(id);
      if (shard === undefined) continue;
      const before = this.#frontiers.get(id);
      if (before !== undefined && BigInt(frontier ?? 0) < BigInt(before))
        this.#parts.report('a frontier never moves back', `${id}: from ${before} to ${frontier}`);
      if (frontier !== undefined) this.#frontiers.set(id, frontier);
      const left = shard.records.find(
        (record) =>
          (complete || (frontier !== undefined && BigInt(record.sequence) <= BigInt(frontier))) &&
          !this.isDone(record),
      );
      if (left !== undefined)
        this.#parts.report(
          'a frontier passes no record that is not handled',
          `${this.#nameOf(left)}: ${complete ? `${id} is complete` : `${id} stands at ${frontier}`}`,
        );
      if (complete && shard.closedAt === undefined)
        this.#parts.report('a shard is complete only when it is closed, and all of it is handled', id);
    }
  }

  #isLoss({ shard: id, reason, after }: Gap): boolean {
    if (reason === 'switched off' || id === undefined) return !this.#stream.isEnabled;
    if (reason === 'vanished') return !this.#stream.listed.some((listed) => listed.id === id);
    return (
      this.#shard(id)?.records.some(
        (record) => BigInt(record.sequence) > BigInt(after ?? 0) && this.#stream.isTrimmed(record),
      ) === true
    );
  }

  #isExcused(record: Of): boolean {
    if (!this.#isPromised(record)) return true;
    if (!this.#stream.isTrimmed(record)) return false;
    if (this.#isBeforeLostShard(record.shard) || this.#isBehindLostShard(record.shard)) return true;
    return this.#gaps.some(
      ({ shard, reason, after }) =>
        shard === record.shard &&
        (reason === 'vanished' || reason === 'trimmed') &&
        BigInt(record.sequence) > BigInt(after ?? 0),
    );
  }

  /** A shard that nobody ever saw, before another of which only that is known that it was: the gap of that is for both. */
  #isBeforeLostShard(id: string): boolean {
    if (this.#begun.has(id)) return false;
    const children = this.#stream.shards.filter(({ parent }) => parent === id);
    return children.some(
      (child) =>
        this.#gaps.some(
          ({ shard, reason, after }) => shard === child.id && reason === 'vanished' && !after,
        ) || this.#isBeforeLostShard(child.id),
    );
  }

  /** A shard that nobody ever saw, behind one that is lost, of a stream of which nothing is left to see it by. */
  #isBehindLostShard(id: string): boolean {
    if (this.#stream.isEnabled || this.#begun.has(id)) return false;
    for (let parent = this.#shard(id)?.parent; parent !== undefined; parent = this.#shard(parent)?.parent)
      if (this.#gaps.some(({ shard, reason }) => shard === parent && reason === 'vanished')) return true;
    return false;
  }

  #isPromised(record: Of): boolean {
    const { from } = this.#parts;
    if (from === 'beginning') return true;
    const { shard: id, sequence } = record;
    if (this.#lostBefore?.has(record) === true) return false;
    const shard = this.#shard(id);
    if (from === 'latest') {
      const above = this.#latest.get(id);
      if (above !== undefined && BigInt(sequence) > above) return true;
      for (let parent = shard?.parent; parent !== undefined; parent = this.#shard(parent)?.parent)
        if (this.#latest.has(parent)) return true;
      return false;
    }
    // What leaves the stream before its first shards were begun nobody was asked to read.
    const begun = this.#begun.get(id);
    const isFirst =
      shard?.parent === undefined || (this.#listedFirst.has(id) && !this.#listedFirst.has(shard.parent));
    return !(isFirst && this.#stream.isTrimmed(record) && (begun === undefined || BigInt(sequence) < begun));
  }

  #shard(id: string): ModelledShard<Of> | undefined {
    return this.#stream.shards.find((shard) => shard.id === id);
  }

  #ofItem(item: string): readonly Of[] {
    for (const { written } = this.#stream; this.#sorted < written.length; this.#sorted++) {
      const record = written[this.#sorted] as Of;
      this.#byItem.set(record.item, [...(this.#byItem.get(record.item) ?? []), record]);
    }
    return this.#byItem.get(item) ?? [];
  }

  #nameOf(record: Of): string {
    return this.#parts.nameOf(record);
  }
}
