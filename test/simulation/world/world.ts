import { MemoryImageRepository } from '../../../src/adapters/memory/memory-image-repository.ts';
import type { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import { MemoryQuarantine } from '../../../src/adapters/memory/memory-quarantine.ts';
import { MemoryTableGenerations } from '../../../src/adapters/memory/memory-table-generations.ts';
import type { MemorySearchIndex } from '../../../src/adapters/memory/memory-search-index.ts';
import type { PoisonRecord } from '../../../src/application/ports/quarantine.ts';
import type { Image } from '../../../src/domain/default-image.ts';
import type { Entity } from '../../../src/domain/row.ts';
import type { Random } from '../../../src/feed/random.ts';
import { attributeValue } from '../../support/attribute-value.ts';
import {
  changeOf,
  Encoded,
  type StreamRecord,
  streamRecord,
  type TableRow,
  withDynamodb,
} from '../../support/stream-records.ts';
import { type Around, aroundCalls, type Ports } from '../../support/ports.ts';
import { chanceOf } from './chance.ts';
import type { Choices } from './choices.ts';
import { Counts } from './counts.ts';
import { type Entry, isAfter, isRepairable, nameOf, type Position } from './entry.ts';
import { EventSource } from './event-source.ts';
import { FaultPlan, type Faults } from '../faults/fault-plan.ts';
import { FifoQueue } from './fifo-queue.ts';
import { type Answer, FunctionPool } from './function-pool.ts';
import { type WorldEvent, worldEventsOf } from './world-events.ts';
import { Indexer, watchedIndex } from './indexer.ts';
import type { Instance, Invocation } from './instance.ts';
import { isKept } from './items.ts';
import { Ledger } from './ledger.ts';
import { Operator } from './operator.ts';
import { type Spoil, spoil, spoilAs } from '../faults/poison.ts';
import { RefusedContent } from '../faults/refused-content.ts';
import { type Reign, Reigns } from './reigns.ts';
import { RememberedTable } from './remembered-table.ts';
import { inSeveralRequests } from '../faults/requests.ts';
import { Scheduler } from './scheduler.ts';
import { DAY, HOUR, type Settings, SECOND, START } from './settings.ts';
import { SourceTable, type Write } from './source-table.ts';
import { observedStores } from '../checks/stores.ts';
import { Stream } from './stream.ts';
import { FAITHFUL, type Variant } from '../runs/variant.ts';
import { Watch } from '../checks/watch.ts';
import { Wire } from './wire.ts';
import { workerOf } from './worker.ts';
import { type Operation, operationsOf } from './workload.ts';

/** Which share of the records is spoiled where a writer spoils most. */
const IN_AN_EPIDEMIC = 0.6;

/** What comes over a world, when. */
export interface Schedule {
  readonly operations: readonly Operation[];
  readonly events: readonly WorldEvent[];
  readonly faults: Faults;
}

export interface WorldOptions {
  readonly choices: Choices;
  /** What the settings' seed decides, unless given. */
  readonly schedule?: Schedule | undefined;
  readonly variant?: Partial<Variant>;
  readonly trace?: (line: string) => void;
}

/** A table, its stream, Lambda, the workers, the queue and the indexers: everything around the worker modelled. */
export class World {
  readonly settings: Settings;
  readonly scheduler: Scheduler;
  readonly ledger = new Ledger();
  readonly watch: Watch;
  readonly faults: Faults;
  readonly counts = new Counts();
  readonly pool: FunctionPool;
  readonly source = new SourceTable();
  readonly queue: FifoQueue;
  readonly index: MemorySearchIndex;
  /** On the AWS backend the table itself; otherwise the worker's replica of it. */
  readonly table: RememberedTable;
  readonly matcher: MemoryMatcherRepository;
  readonly generations = new MemoryTableGenerations();
  readonly #choices: Choices;
  readonly #variant: Variant;
  readonly #trace: (text: () => string) => void;
  readonly #operator: Operator;
  readonly #stores: Ports;
  readonly #random: Random;
  readonly #records: Random;
  readonly #failoverChance: Random;
  readonly #refused: RefusedContent;
  readonly #reigns = new Reigns();
  /** How many of the reigns an operator is to let follow by now, and when that was done last. */
  #due = 1;
  #adoptedAt = -Infinity;
  #stream: Stream;
  #sequence: bigint;

  constructor(settings: Settings, { choices, schedule, variant = {}, trace }: WorldOptions) {
    const { seed } = settings;
    this.settings = settings;
    this.#choices = choices;
    this.#variant = { ...FAITHFUL, ...variant };
    this.scheduler = new Scheduler(START, chanceOf(seed, 'schedule'));
    const { scheduler } = this;
    this.table = new RememberedTable(() => scheduler.now);
    this.#trace =
      trace === undefined
        ? () => undefined
        : (text) => {
            trace(`${new Date(scheduler.now).toISOString()} ${text()}`);
          };
    this.#random = chanceOf(seed, 'world');
    this.#records = chanceOf(seed, 'records');
    this.#failoverChance = chanceOf(seed, 'failover');
    this.watch = new Watch(settings, this.ledger);
    this.#refused = new RefusedContent(seed, settings.refusedContent, (version) =>
      this.ledger.positionOf(version),
    );
    this.faults = schedule?.faults ?? new FaultPlan(settings, choices, this.counts);

    const now = () => scheduler.now;
    this.matcher = this.#variant.counts(now);
    this.index = this.#variant.index(now);
    const indexer = new Indexer({
      scheduler,
      random: chanceOf(seed, 'indexer'),
      faults: this.faults,
      queue: (this.queue = new FifoQueue({
        now: () => scheduler.now,
        onVisible: () => {
          indexer.wake();
        },
        duplicates: () => this.faults.duplicates(scheduler.now),
      })),
      visibilityMs: settings.visibilityMs,
      apply: watchedIndex(
        this.index,
        (a, b) => isAfter(this.ledger.positionOf(a), this.ledger.positionOf(b)),
        (particulars) => {
          this.watch.report('a document never goes back to an older state', particulars);
        },
      ),
      trace: this.#trace,
    });
    this.#stores = this.#openStores();
    this.pool = new FunctionPool({
      settings,
      scheduler,
      random: chanceOf(seed, 'pool'),
      watch: this.watch,
      variant: this.#variant,
      workerOf: (instance) => this.#workerOf(instance),
      counts: this.counts,
      trace: this.#trace,
    });
    this.#operator = new Operator({
      scheduler,
      random: chanceOf(seed, 'operator'),
      invoke: (entries, answer) => {
        for (const entry of entries) this.#refused.mend(entry);
        this.pool.invoke(entries, true, answer);
      },
      acknowledged: this.#acknowledged,
      counts: this.counts,
      trace: this.#trace,
    });

    const digits = this.#random.pick([3, 9, 19, 20, 24]);
    this.#sequence = 10n ** BigInt(digits) - BigInt(this.#random.int(1, 400));
    // The worker has run before.
    const tableArn = tableArnIn('eu-central-1');
    void this.generations.generationOf(tableArn);
    this.ledger.follow(tableArn, START - 1);
    this.#reigns.begin(tableArn);
    this.#reigns.follow();
    this.#stream = this.#openStream(0, this.scheduler.now);
    const operations = schedule?.operations ?? operationsOf(settings);
    this.#plan(operations, schedule?.events ?? worldEventsOf(settings, operations));
  }

  get #isReplicated(): boolean {
    return this.settings.backend === 'memory';
  }

  #plan(operations: readonly Operation[], events: readonly WorldEvent[]): void {
    for (const operation of operations)
      if (this.#choices.take(operation.name))
        this.scheduler.at(operation.at, () => {
          const write = this.source.write(operation);
          if (write !== undefined) this.#written(write, operation.spoil);
        });
    for (const event of events)
      if (this.#choices.take(event.name))
        this.scheduler.at(event.at, () => {
          this.#happen(event);
        });
  }

  #written({ item, before, after, expired }: Write, way: string | undefined): void {
    const clean = this.#record(before, after, expired);
    const { poison, epidemic, misdirected } = this.settings;
    const may = (one: Spoil) =>
      (epidemic === undefined || one.what === epidemic) && (misdirected || one.misdirected !== true);
    const of = { item, before, after, replicated: this.#isReplicated };
    const byChance =
      poison > 0 && this.#records.chance(epidemic === undefined ? poison : IN_AN_EPIDEMIC)
        ? spoil(clean, of, this.#records, may)
        : undefined;
    const spoiled = way === undefined ? byChance : spoilAs(way, clean, of);
    if (!this.#isReplicated && isKept(item))
      void this.table.apply([changeOf(clean, { generation: this.#reigns.all.length - 1 })]);
    this.#append({
      number: this.ledger.entries.length,
      item,
      key: item.key,
      position: this.#position(),
      before,
      after,
      clean,
      record: spoiled === undefined ? clean : spoiled.record,
      spoil: spoiled?.spoil,
    });
  }

  /** The table's stream carries the worker's own writes to the table too. */
  readonly #defaultRowWritten = (entity: Entity, before: Image | undefined, after: Image | undefined) => {
    if (this.#isReplicated) return;
    const clean = this.#record(defaultRowOf(entity, before), defaultRowOf(entity, after), false);
    const PK = pkOf(entity);
    this.#append({
      number: this.ledger.entries.length,
      item: undefined,
      key: `${PK} | DEFAULT`,
      position: this.#position(),
      before: undefined,
      after: undefined,
      clean,
      record: clean,
      spoil: undefined,
    });
  };

  #append(entry: Entry): void {
    const what = entry.before === undefined ? 'inserted' : entry.after === undefined ? 'removed' : 'changed';
    this.#trace(() => `${what}: ${nameOf(entry)} ${JSON.stringify(entry.after ?? {})}`);
    this.ledger.add(entry);
    if (entry.spoil !== undefined) this.counts.add(`poison: ${entry.spoil.what}`);
    this.#stream.append(entry);
  }

  #position(): Position {
    return { epoch: this.#stream.epoch, sequence: this.#sequence };
  }

  /** The record of a write, as Lambda delivers it, with the next sequence number. */
  #record(before: TableRow | undefined, after: TableRow | undefined, expired: boolean): StreamRecord {
    const random = this.#records;
    this.#sequence += BigInt(random.pick([1, 1, 7, 300]));
    const record = streamRecord({ before, after, sequence: this.#sequence, streamArn: this.#stream.arn });
    const { dynamodb, ...rest } = withDynamodb(record, {
      ApproximateCreationDateTime: Math.floor(this.scheduler.now / SECOND),
    });
    return {
      ...rest,
      eventID: random.chance(0.2) ? 'the same as others' : random.hex(4),
      ...(expired ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
      dynamodb,
    };
  }

  #openStream(epoch: number, since: number): Stream {
    const label = new Date(since + epoch * SECOND).toISOString().slice(0, -1);
    return this.#readStream(epoch, `${this.#reigns.present.tableArn}/stream/${label}`);
  }

  /** The stream of an ARN, as a new one where it is the same that there was before. */
  #readStream(epoch: number, arn: string): Stream {
    const { present } = this.#reigns;
    const label = arn.slice(arn.lastIndexOf('/') + 1);
    const isBack = this.#reigns.earlierOf(present).length > 0;
    this.ledger.addStream(label, { epoch, sequence: isBack ? this.#sequence : -1n }, present.tableArn);
    const parts = {
      settings: this.settings,
      scheduler: this.scheduler,
      random: chanceOf(this.settings.seed, 'event source', epoch),
      invoke: (entries: readonly Entry[], answer: (answer: Answer) => void) => {
        this.pool.invoke(entries, false, answer);
      },
      acknowledged: this.#acknowledged,
      counts: this.counts,
      givenUp: (entries: readonly Entry[]) => {
        this.#trace(() => `given up: ${entries.map(({ number }) => `#${number}`).join(' ')}`);
        for (const entry of entries) {
          this.ledger.putAside(entry);
          this.counts.add('record given up by its stream');
        }
        this.#operator.takeOver(entries);
      },
    };
    // The table is known, so it would not be refused: what it has now would be taken for old.
    const source = new EventSource(parts, !isBack || this.#reigns.isPresentFollowed);
    this.#reigns.addStream({ epoch, arn, source });
    return new Stream(epoch, arn, source);
  }

  #openStores(): Ports {
    const stores = this.#variant.stores(
      {
        queue: this.queue,
        images: new MemoryImageRepository(this.table),
        matcher: this.matcher,
        replica: this.#isReplicated ? this.table : undefined,
        generations: this.generations,
        quarantine: this.settings.quarantine ? new MemoryQuarantine() : undefined,
      },
      this.table,
    );
    const observed = observedStores(stores, {
      ledger: this.ledger,
      watch: this.watch,
      now: () => this.scheduler.now,
      table: this.table,
      counts: this.matcher,
      defaultRowWritten: this.#defaultRowWritten,
      quarantined: this.#quarantined,
    });
    return this.#refused.refusedBy(observed);
  }

  #workerOf(instance: Instance) {
    const { seed } = this.settings;
    const stores = this.#requestsOf(instance);
    const over = (purpose: string): Ports => {
      const wire = this.#wireOf(instance, purpose);
      const around: Around = (call, make, spurious) => {
        this.watch.called(instance, call);
        return wire.call(call, make, spurious);
      };
      return aroundCalls(stores, around);
    };
    // In worlds whose table stays where it is, the answer is always the same, and takes no time.
    const { generations } = this.settings.failovers === 0 ? stores : over('generations wire');
    return workerOf(instance, {
      ports: { ...over('wire'), generations },
      variant: this.#variant,
      settings: this.settings,
      scheduler: this.scheduler,
      random: chanceOf(seed, 'jitter', instance.name),
    });
  }

  /** The stores as an instance's repositories use them. */
  #requestsOf(instance: Instance): Ports {
    return inSeveralRequests(this.#stores, {
      scheduler: this.scheduler,
      random: chanceOf(this.settings.seed, 'requests', instance.name),
      instance,
      table: this.table,
      reads: this.#variant.reads,
      gapMs: this.settings.gapMs,
      perRequest: this.settings.perRequest,
      overtaken: (entity) => {
        this.ledger.inLine(entity, this.scheduler.now);
      },
      contradicted: () => {
        this.counts.add('view that contradicts itself');
      },
    });
  }

  /** @param purpose names its chances. */
  #wireOf(instance: Instance, purpose: string): Wire {
    return new Wire(instance, {
      scheduler: this.scheduler,
      faults: this.faults,
      random: chanceOf(this.settings.seed, purpose, instance.name),
      refusals: chanceOf(this.settings.seed, 'refusals', purpose, instance.name),
      latencyMs: this.settings.latencyMs,
      quietFrom: this.settings.quietFrom,
      crash: (crashed) => {
        this.pool.crash(crashed);
      },
      trace: this.#trace,
    });
  }

  readonly #acknowledged = (invocation: Invocation, entries: readonly Entry[]) => {
    this.watch.acknowledged(invocation, entries);
  };

  readonly #quarantined = (records: readonly PoisonRecord[]) => {
    const found: Entry[] = [];
    for (const record of records) {
      const entry = this.ledger.entryOf(record);
      if (entry === undefined)
        this.watch.report(
          'quarantine has whole records',
          `${JSON.stringify(record.raw)} was never delivered`,
        );
      else {
        this.#trace(() => `quarantined: #${entry.number}: ${record.fault.message}`);
        this.counts.add('record put in quarantine');
        const isSpoiled = entry.spoil !== undefined && entry.spoil.misdirected !== true;
        if (!isSpoiled && isRepairable(entry) && !this.#refused.isPoison(entry))
          this.watch.report(
            'quarantine has only what can never be handled',
            `${nameOf(entry)}: ${record.fault.message}`,
          );
        this.ledger.quarantined(entry);
        found.push(entry);
      }
    }
    // What comes to the quarantine so late that its table has come back meanwhile must not be delivered any more.
    for (const entry of found) if (!this.#reigns.isBygone(entry)) this.#operator.takeOver([entry]);
  };

  #happen(event: WorldEvent): void {
    const has = this.#hasHappened(event);
    this.#trace(() => `${event.name}${has ? '' : ', which concerns nobody'}`);
    if (has) this.counts.add(`event: ${event.kind}`);
  }

  /** False when there was nothing for it to happen to. */
  #hasHappened({ kind, which, span, writes = [] }: WorldEvent): boolean {
    switch (kind) {
      case 'split':
        this.#stream.split(which);
        return true;
      case 'merge':
        this.#stream.merge(which);
        return true;
      case 'new stream':
        this.#stream.end();
        // A new stream's numbers may well begin below the old one's.
        if (which < 0.5) this.#sequence /= 2n;
        this.#stream = this.#openStream(this.#stream.epoch + 1, this.scheduler.now);
        return true;
      case 'failover':
        return this.#failOver(span);
      case 'roll-back':
        return this.#rollBack(which, span);
      case 'stray':
        return this.#deliverAgain(which, this.#random);
      case 'redrive':
        return this.#deliverAgain(which, chanceOf(this.settings.seed, 'redrive', which));
      case 'hold':
        for (const { source } of this.#reigns.present.streams) source.hold(span);
        return true;
      case 'redelivery': {
        const written = this.ledger.entries.filter(({ item }) => item !== undefined);
        this.pool.invoke(
          writes.map((number) => written[number]!),
          false,
          () => undefined,
        );
        return true;
      }
      case 'clock jump':
      case 'crash':
      case 'stop':
      case 'freeze': {
        const { instances } = this.pool;
        const busy = instances.filter(({ alive, invocation }) => alive && invocation?.finished === false);
        const instance = busy[Math.floor(which * busy.length)];
        if (instance === undefined) return false;
        if (kind === 'crash') this.pool.crash(instance);
        else if (kind === 'stop') this.pool.stop(instance);
        else if (kind === 'freeze') instance.freeze(this.scheduler.now + span);
        else instance.skew += span;
        return true;
      }
    }
  }

  /** The application goes on in another region; what the old stream still has comes as well, perhaps much later. */
  #failOver(untilFollowed: number): boolean {
    if (this.#isComingBack) return false;
    const random = this.#failoverChance;
    this.#reigns.begin(tableArnIn(`region-${this.#reigns.all.length}`));
    this.#sequence = random.pick([this.#sequence / 2n, this.#sequence, this.#sequence * 3n, 1_000n]);
    this.#stream.end();
    const since = START - random.int(1, 300) * DAY;
    this.#stream = this.#openStream(this.#stream.epoch + 1, random.chance(0.8) ? since : this.scheduler.now);
    this.#followIn(untilFollowed);
    return true;
  }

  /** The table was moved back and is not let follow yet, for which it may have to wait for days: nobody moves on before. */
  get #isComingBack(): boolean {
    const { present, isPresentFollowed } = this.#reigns;
    return !isPresentFollowed && this.#reigns.earlierOf(present).length > 0;
  }

  /** The application goes back to a table that it left, which has the stream that it had, or a new one. */
  #rollBack(which: number, untilFollowed: number): boolean {
    const { present, all } = this.#reigns;
    const left = all.filter(({ tableArn }) => tableArn !== present.tableArn);
    const back = left[Math.floor(which * left.length)];
    if (back === undefined || this.#isComingBack) return false;
    this.#stream.end();
    this.#reigns.begin(back.tableArn);
    const epoch = this.#stream.epoch + 1;
    const random = chanceOf(this.settings.seed, 'roll-back', epoch);
    const same = random.chance(0.5) ? this.#reigns.streamFromBefore() : undefined;
    if (same !== undefined) {
      // Its numbers go on from where they were.
      const last = this.ledger.entries.findLast(({ position }) => same.epochs.has(position.epoch));
      this.#sequence = last?.position.sequence ?? this.#sequence;
      this.#stream = this.#readStream(epoch, same.arn);
    } else {
      this.#sequence = random.pick([this.#sequence / 2n, this.#sequence, 1_000n]);
      this.#stream = this.#openStream(epoch, this.scheduler.now);
    }
    this.#followIn(untilFollowed);
    return true;
  }

  #followIn(milliseconds: number): void {
    const due = this.#reigns.all.length;
    this.scheduler.in(milliseconds, () => {
      this.#due = Math.max(this.#due, due);
      return this.#letFollow();
    });
  }

  /** One after the other: an operator who has several lets them follow in the order in which they did. */
  async #letFollow(wait = SECOND): Promise<void> {
    for (let { next } = this.#reigns; next !== undefined; { next } = this.#reigns) {
      if (this.#reigns.followed >= this.#due) return;
      const { tableArn, streams } = next;
      if (this.#reigns.earlierOf(next).length > 0 && !this.#mayComeBack(next)) {
        this.scheduler.in(wait, () => this.#letFollow(Math.min(2 * wait, HOUR)));
        return;
      }
      this.#reigns.follow();
      this.#adoptedAt = this.scheduler.now;
      this.ledger.follow(tableArn, this.scheduler.now);
      this.#trace(() => `${tableArn} is adopted`);
      await this.generations.adopt(tableArn);
      for (const { source } of streams) source.enable();
    }
  }

  /** Whether nothing of the table's earlier times is left to deliver, and all workers know who followed it. */
  #mayComeBack(reign: Reign): boolean {
    const isBefore = (entry: Entry) => this.#reigns.isBefore(reign, entry);
    return (
      this.scheduler.now >= this.#adoptedAt + 10 * SECOND &&
      this.#reigns.earlierOf(reign).every(({ streams }) => streams.every(({ source }) => source.finished)) &&
      !this.#operator.has(isBefore) &&
      !this.pool.instances.some(
        ({ alive, invocation }) =>
          alive && invocation?.finished === false && invocation.entries.some(isBefore),
      )
    );
  }

  /** Records that were acknowledged come again, in their order, and nobody minds what comes of it. */
  #deliverAgain(which: number, random: Random): boolean {
    const { entries } = this.ledger;
    const from = Math.floor(which * entries.length);
    const first = entries[from];
    if (first === undefined) return false;
    const again = entries
      .slice(from, from + random.int(1, 12))
      .filter(
        (entry) =>
          entry.position.epoch === first.position.epoch &&
          this.ledger.isAcknowledged(entry) &&
          !this.#reigns.isBygone(entry),
      );
    const mine = random.chance(0.3) ? again.filter(({ key }) => key === again[0]?.key) : again;
    if (mine.length === 0) return false;
    const twice = random.chance(0.2) ? mine.flatMap((entry) => [entry, entry]) : mine;
    this.pool.invoke(twice, false, () => undefined);
    return true;
  }
}

function tableArnIn(region: string): string {
  return `arn:aws:dynamodb:${region}:123456789012:table/aircraft`;
}

function pkOf({ orgId, entityType, entityId }: Entity): string {
  return `IMAGES#ORG#${orgId}#ENTITY#${entityType}#ID#${entityId}`;
}

function defaultRowOf(entity: Entity, image: Image | undefined): TableRow | undefined {
  if (image === undefined) return undefined;
  const attributes = Object.entries(image.attributes).map(([name, value]) => [
    name,
    new Encoded(attributeValue(value)),
  ]);
  return { ...(Object.fromEntries(attributes) as Record<string, Encoded>), PK: pkOf(entity), SK: 'DEFAULT' };
}
