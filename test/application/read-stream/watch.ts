import type { ShardStates } from '../../../src/application/ports/shard-states.ts';
import { StreamSource } from '../../../src/application/ports/stream-source.ts';
import type { Gap } from '../../../src/domain/shard.ts';
import { type Around, sourceWith, statesWith } from './calls.ts';
import type { ModelledRecord, ModelledStream } from './modelled-stream.ts';
import type { ReaderProcess } from './reader-process.ts';

/** What must hold of readers, whatever happens. */
export type Invariant =
  | 'every record is handled, unless a gap is noted'
  | 'the records of an item are handled in their order, unless a gap is noted'
  | 'a frontier passes no record that is not handled'
  | 'a shard is complete only when it is closed, and all of it is handled'
  | 'a frontier never moves back'
  | 'a gap is noted only where records are lost'
  | 'a stopped reader ends in time'
  | 'a stopped reader leaves no lease'
  | 'a reader goes on'
  | 'a reader asks for nothing that there is not';

export class Violation extends Error {
  readonly invariant: Invariant;

  constructor(invariant: Invariant, details: string) {
    super(`${invariant}: ${details}`);
    this.invariant = invariant;
  }
}

/** Looks at everything that readers do. */
export class Watch {
  readonly states: ShardStates;
  readonly #stream: ModelledStream;
  readonly #inner: ShardStates;
  readonly #from: 'horizon' | 'latest';
  readonly #handled = new Set<ModelledRecord>();
  readonly #byItem = new Map<string, ModelledRecord[]>();
  /** Above which number a shard's records are promised, of those that are begun at the latest: by the last such iterator, as others may have got lost. */
  readonly #latest = new Map<string, bigint>();
  /** The first of each shard that was given to a reader. */
  readonly #begun = new Map<string, bigint>();
  /** What had left the stream before anybody read. */
  #lostBefore: ReadonlySet<ModelledRecord> | undefined;
  #isClaimed = false;
  /** The shards that were there when somebody began to read. */
  #listedFirst: ReadonlySet<string> = new Set();
  #gaps: readonly Gap[] = [];
  #violation: Violation | undefined;

  constructor(stream: ModelledStream, states: ShardStates, from: 'horizon' | 'latest') {
    this.#stream = stream;
    this.#inner = states;
    this.#from = from;
    this.states = statesWith(states, this.#around);
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

  source(source: StreamSource): StreamSource {
    const seen = sourceWith(source, (_, make) => make());
    const iterator: StreamSource['iterator'] = async (shard, position) => {
      const number = typeof position === 'object' ? (position.after ?? position.at) : '0';
      if (!/^\d+$/.test(number))
        this.#fail('a reader asks for nothing that there is not', `at ${number} of ${shard}`);
      const found = await source.iterator(shard, position);
      if (position === 'latest' && found.is === 'iterator')
        this.#latest.set(shard, BigInt((JSON.parse(found.iterator) as { above: string }).above));
      return found;
    };
    const records: StreamSource['records'] = async (at, max) => {
      const page = await source.records(at, max);
      if (page.is !== 'page') return page;
      for (const { record } of page.records) {
        const { shard, sequence } = record as ModelledRecord;
        if (!this.#begun.has(shard)) this.#begun.set(shard, BigInt(sequence));
      }
      return page;
    };
    return Object.assign(seen, { iterator, records });
  }

  async handled(record: ModelledRecord): Promise<void> {
    if (this.#handled.has(record)) return;
    this.#gaps = await this.#inner.gaps(this.#stream.arn);
    const before = (this.#byItem.get(record.item) ?? this.#ofItem(record.item)).filter(
      ({ n }) => n < record.n,
    );
    // What cannot be read any more may be noted as a gap later: by whoever takes over its shard.
    const left = before.find(
      (each) => !this.#handled.has(each) && !this.#isExcused(each) && !this.#stream.isTrimmed(each),
    );
    if (left !== undefined)
      this.#fail(
        'the records of an item are handled in their order, unless a gap is noted',
        `${nameOf(record)} before ${nameOf(left)}`,
      );
    this.#handled.add(record);
  }

  /** @throws Violation of what was seen to go wrong. */
  check(): void {
    if (this.#violation !== undefined) throw this.#violation;
  }

  violated(invariant: Invariant, details = ''): never {
    this.#fail(invariant, details);
    throw this.#violation as Error;
  }

  /** What is not handled, or not noted as handled, although it might be. */
  async left(): Promise<string | undefined> {
    this.#gaps = await this.#inner.gaps(this.#stream.arn);
    const left = this.#stream.written.find((record) => !this.#isDone(record));
    if (left !== undefined) return nameOf(left);
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

  async ended(processes: readonly ReaderProcess[], isReleased: boolean): Promise<void> {
    for (const { ended } of processes)
      if (typeof ended === 'object') this.violated('a reader goes on', String(ended.error));
    // Who stood still takes its leases for lost.
    const owners = new Set(
      processes.filter(({ alive, frozenUntil }) => alive && frozenUntil === 0).map(({ owner }) => owner),
    );
    for (const { id, lease, complete } of await this.#inner.load(this.#stream.arn))
      if (isReleased && owners.has(lease.owner) && !complete)
        this.violated('a stopped reader leaves no lease', `${id}: ${lease.owner}`);
    this.check();
  }

  async #checkStates(): Promise<void> {
    this.#gaps = await this.#inner.gaps(this.#stream.arn);
    for (const { shard: id, reason, after } of this.#gaps) {
      if (reason === 'switched off' || id === undefined) {
        if (this.#stream.isEnabled) this.#fail('a gap is noted only where records are lost', reason);
        continue;
      }
      const shard = this.#shard(id);
      const isLost =
        reason === 'vanished'
          ? !this.#stream.listed.some((listed) => listed.id === id)
          : shard?.records.some(
              (record) => BigInt(record.sequence) > BigInt(after ?? 0) && this.#stream.isTrimmed(record),
            );
      if (isLost !== true)
        this.#fail('a gap is noted only where records are lost', `${reason} ${id} after ${after}`);
    }
    for (const { id, frontier, complete } of await this.#inner.load(this.#stream.arn)) {
      const shard = this.#shard(id);
      if (shard === undefined) continue;
      const passed = shard.records.filter(
        ({ sequence }) => complete || (frontier !== undefined && BigInt(sequence) <= BigInt(frontier)),
      );
      const left = passed.find((record) => !this.#isDone(record));
      if (left !== undefined)
        this.#fail(
          'a frontier passes no record that is not handled',
          `${nameOf(left)}: ${frontier} ${complete}`,
        );
      if (complete && shard.closedAt === undefined)
        this.#fail('a shard is complete only when it is closed, and all of it is handled', id);
    }
  }

  #isDone(record: ModelledRecord): boolean {
    return this.#handled.has(record) || this.#isExcused(record);
  }

  #isExcused(record: ModelledRecord): boolean {
    if (!this.#isPromised(record)) return true;
    if (!this.#stream.isTrimmed(record)) return false;
    if (this.#isBeforeLostShard(record.shard)) return true;
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

  #isPromised(record: ModelledRecord): boolean {
    const { shard: id, sequence, at } = record;
    if (this.#lostBefore?.has(record) === true) return false;
    const shard = this.#shard(id);
    if (this.#from === 'latest') {
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
    return !(isFirst && this.#stream.isTrimmed({ at }) && (begun === undefined || BigInt(sequence) < begun));
  }

  #shard(id: string) {
    return this.#stream.shards.find((shard) => shard.id === id);
  }

  #ofItem(item: string): readonly ModelledRecord[] {
    return this.#stream.written.filter((record) => record.item === item);
  }

  #fail(invariant: Invariant, details: string): void {
    this.#violation ??= new Violation(invariant, details);
  }
}

function nameOf({ item, n, shard, sequence }: ModelledRecord): string {
  return `${item} ${n} (${shard}, ${sequence})`;
}
