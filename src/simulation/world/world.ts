import type { MemoryDerivedRowRepository } from '../../adapters/memory/memory-derived-row-repository.ts';
import type { MemoryEffectLog } from '../../adapters/memory/memory-effect-log.ts';
import { MemoryImageRepository } from '../../adapters/memory/memory-image-repository.ts';
import type { MemoryMatcherRepository } from '../../adapters/memory/memory-matcher-repository.ts';
import { MemoryQuarantine } from '../../adapters/memory/memory-quarantine.ts';
import type { MemorySearchEngine } from '../../adapters/memory/memory-search-engine.ts';
import { MemoryTableGenerations } from '../../adapters/memory/memory-table-generations.ts';
import type { PoisonRecord } from '../../application/ports/quarantine.ts';
import type { SearchFences } from '../../application/ports/search-fences.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import type { Attributes } from '../../domain/value.ts';
import type { Random } from '../../random/random.ts';
import type { Ports } from './ports.ts';
import { StepInvariants } from '../checks/step-invariants.ts';
import { observedStores } from '../checks/stores.ts';
import { FaultPlan, type Faults } from '../faults/fault-plan.ts';
import { RefusedContent } from '../faults/refused-content.ts';
import { FAITHFUL, type Variant } from '../runs/variant.ts';
import { chanceOf } from './chance.ts';
import { Changes } from './changes.ts';
import { Batches } from './batches.ts';
import type { Choices } from './choices.ts';
import { Counts } from './counts.ts';
import { entitiesAt } from './entities-at.ts';
import { type Entry, isRepairable, nameOf } from './entry.ts';
import { FunctionPool } from './function-pool.ts';
import { happen } from './happen.ts';
import { Indexer } from './indexer.ts';
import { isPast } from './is-past.ts';
import type { Instance, Invocation } from './instance.ts';
import { Ledger } from './ledger.ts';
import { MessageQueue } from './message-queue.ts';
import { Operator } from './operator.ts';
import { Regions } from './regions.ts';
import { Reigns } from './reigns.ts';
import { RememberedTable } from './remembered-table.ts';
import { Scheduler } from './scheduler.ts';
import { type Settings, START } from './settings.ts';
import { SourceTable } from './source-table.ts';
import { wiredWorker } from './wired-worker.ts';
import type { Asked, Subject } from './subject.ts';
import type { Operation } from './workload.ts';
import { type WorldEvent, worldEventsOf } from './world-events.ts';

/** What comes over a world, when. */
export interface Schedule {
  readonly operations: readonly Operation[];
  readonly events: readonly WorldEvent[];
  readonly faults: Faults;
}

export interface WorldOptions {
  readonly subject: Subject;
  readonly choices: Choices;
  /** What the settings' seed decides, unless given. */
  readonly schedule?: Schedule | undefined;
  readonly variant?: Partial<Variant>;
  readonly trace?: (line: string) => void;
}

/** A table, its stream, Lambda, the workers, the queue and the indexers: everything around the worker modelled. */
export class World {
  readonly settings: Settings;
  readonly subject: Subject;
  readonly scheduler: Scheduler;
  readonly ledger: Ledger;
  readonly invariants: StepInvariants;
  readonly faults: Faults;
  readonly counts = new Counts();
  readonly batches: Batches;
  readonly pool: FunctionPool;
  readonly source: SourceTable;
  readonly queue: MessageQueue;
  /** The search engine behind it, and up to which changes it has its documents. */
  readonly engine: MemorySearchEngine;
  readonly fences: SearchFences;
  readonly indexer: Indexer;
  /** On the AWS backend the table itself; otherwise the worker's replica of it. */
  readonly table: RememberedTable;
  readonly matcher: MemoryMatcherRepository;
  readonly derived: MemoryDerivedRowRepository;
  readonly log: MemoryEffectLog;
  /** Rows of the table that the worker has written, by their keys. */
  readonly ownRows = new Map<string, Attributes>();
  readonly #definitions = new WeakMap<Instance, TableDefinition>();
  readonly generations = new MemoryTableGenerations();
  readonly #choices: Choices;
  readonly variant: Variant;
  readonly trace: (text: () => string) => void;
  readonly operator: Operator;
  readonly stores: Ports;
  readonly random: Random;
  readonly #refused: RefusedContent;
  readonly reigns = new Reigns();
  readonly changes: Changes;
  readonly regions: Regions;
  /** What the worker derives, as it is deployed now. */
  definition: TableDefinition;

  constructor(settings: Settings, { subject, choices, schedule, variant = {}, trace }: WorldOptions) {
    const { seed } = settings;
    this.subject = subject;
    this.definition = subject.definition;
    this.source = new SourceTable(subject);
    this.ledger = new Ledger(subject.definition.model.keys);
    this.settings = settings;
    this.#choices = choices;
    this.variant = { ...FAITHFUL, ...variant };
    this.scheduler = new Scheduler(START, chanceOf(seed, 'schedule'));
    const { scheduler } = this;
    this.table = new RememberedTable(this.tableDefinition.model, () => scheduler.now);
    this.trace =
      trace === undefined
        ? () => undefined
        : (text) => {
            trace(`${new Date(scheduler.now).toISOString()} ${text()}`);
          };
    this.random = chanceOf(seed, 'world');
    this.invariants = new StepInvariants(settings, this.ledger, (...asked) => this.askedBy(...asked));
    this.#refused = new RefusedContent(seed, settings.refusedContent, {
      positionOf: (version) => this.ledger.positionOf(version),
      entitiesOf: (entry) => [
        ...subject.askedBy(entry, this.definition).entities,
        ...(settings.backend === 'memory' ? entitiesAt(entry, this.definition) : []),
      ],
    });
    this.faults = schedule?.faults ?? new FaultPlan(settings, choices, this.counts);

    const now = () => scheduler.now;
    this.matcher = this.variant.counts(now);
    this.derived = this.variant.derived(now);
    this.log = this.variant.log(now);
    this.engine = this.variant.engine();
    this.fences = this.variant.fences(now);
    this.queue = new MessageQueue({
      now,
      isOrdered: settings.isQueueOrdered,
      duplicates: () => this.faults.duplicates(scheduler.now),
    });
    this.indexer = new Indexer(this);
    this.stores = this.#openStores();
    const { invariants, counts } = this;
    this.batches = new Batches({ scheduler, invariants, counts, variant: this.variant, trace: this.trace });
    this.pool = new FunctionPool({
      batches: this.batches,
      settings,
      scheduler,
      random: chanceOf(seed, 'pool'),
      invariants: this.invariants,
      variant: this.variant,
      workerOf: (instance) => wiredWorker(this, instance),
      counts: this.counts,
      trace: this.trace,
    });
    this.operator = new Operator({
      scheduler,
      random: chanceOf(seed, 'operator'),
      invoke: (entries, answer) => {
        for (const entry of entries) this.#refused.mend(entry);
        this.pool.invoke(entries, true, answer);
      },
      acknowledged: this.acknowledged,
      isPast: (entry) => isPast(entry, this),
      counts: this.counts,
      trace: this.trace,
    });

    const digits = this.random.pick([3, 9, 19, 20, 24]);
    this.regions = new Regions(this);
    this.changes = new Changes(this, 10n ** BigInt(digits) - BigInt(this.random.int(1, 400)));
    const operations = schedule?.operations ?? subject.operationsOf(settings);
    this.#plan(operations, schedule?.events ?? worldEventsOf(settings, operations));
  }

  get isReplicated(): boolean {
    return this.settings.backend === 'memory';
  }

  /** By which the table itself knows its rows. */
  get tableDefinition(): TableDefinition {
    return this.subject.later ?? this.subject.definition;
  }

  /** Notes what a worker works by. */
  definitionFor(instance: Instance, definition: TableDefinition): TableDefinition {
    this.#definitions.set(instance, definition);
    return definition;
  }

  /** What a record asks of a process, by the definition that it has. */
  askedBy(instance: Instance, entry: Entry): Asked {
    return this.subject.askedBy(entry, this.#definitions.get(instance) ?? this.definition);
  }

  /** Whether a change asks for an effect, whichever definition is deployed. */
  isAskedByAll(entry: Entry, effect: string): boolean {
    const { definition, later = definition } = this.subject;
    return [definition, later].every((one) => this.subject.askedBy(entry, one).effects.includes(effect));
  }

  #plan(operations: readonly Operation[], events: readonly WorldEvent[]): void {
    for (const operation of operations)
      if (this.#choices.take(operation.name))
        this.scheduler.at(operation.at, () => {
          const write = this.source.write(operation);
          if (write !== undefined) this.changes.write(write, operation.spoil);
        });
    for (const event of events)
      if (this.#choices.take(event.name))
        this.scheduler.at(event.at, () => {
          happen(this, event);
        });
  }

  #openStores(): Ports {
    const stores = this.variant.stores(
      {
        queue: this.queue,
        images: new MemoryImageRepository(this.table),
        matcher: this.matcher,
        rows: this.derived,
        effects: this.log,
        replica: this.isReplicated ? this.table : undefined,
        generations: this.generations,
        quarantine: this.settings.quarantine ? new MemoryQuarantine() : undefined,
      },
      this.table,
    );
    const observed = observedStores(stores, {
      ledger: this.ledger,
      invariants: this.invariants,
      now: () => this.scheduler.now,
      table: this.table,
      counts: this.matcher,
      derived: this.derived,
      world: this,
      pointerWritten: (...row) => {
        this.changes.pointerWritten(...row);
      },
      quarantined: this.#quarantined,
    });
    return this.#refused.refusedBy(observed);
  }

  readonly acknowledged = (invocation: Invocation, entries: readonly Entry[]) => {
    this.invariants.acknowledged(invocation, entries);
  };

  readonly #quarantined = (records: readonly PoisonRecord[]) => {
    const found: Entry[] = [];
    for (const record of records) {
      const entry = this.ledger.entryOf(record);
      if (entry === undefined)
        this.invariants.report(
          'quarantine has whole records',
          `${JSON.stringify(record.raw)} was never delivered`,
        );
      else {
        this.trace(() => `quarantined: #${entry.number}: ${record.fault.message}`);
        this.counts.add('record put in quarantine');
        const isSpoiled = entry.spoil !== undefined && entry.spoil.misdirected !== true;
        if (!isSpoiled && isRepairable(entry) && !this.#refused.isPoison(entry))
          this.invariants.report(
            'quarantine has only what can never be handled',
            `${nameOf(entry)}: ${record.fault.message}`,
          );
        this.ledger.quarantined(entry);
        found.push(entry);
      }
    }
    // What comes to the quarantine so late that its table has come back meanwhile must not be delivered any more.
    for (const entry of found) if (!this.reigns.isBygone(entry)) this.operator.takeOver([entry]);
  };
}
