import { MemoryDerivedRowRepository } from '../../../src/adapters/memory/memory-derived-row-repository.ts';
import { MemoryDerivedState } from '../../../src/adapters/memory/memory-derived-state.ts';
import { MemoryEffectLog } from '../../../src/adapters/memory/memory-effect-log.ts';
import { MemoryImageRepository } from '../../../src/adapters/memory/memory-image-repository.ts';
import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import { MemoryMetrics } from '../../../src/adapters/memory/memory-metrics.ts';
import { MemorySearchEngine } from '../../../src/adapters/memory/memory-search-engine.ts';
import { MemorySearchFences } from '../../../src/adapters/memory/memory-search-fences.ts';
import { MemorySourceRows } from '../../../src/adapters/memory/memory-source-rows.ts';
import { MemoryTableScan } from '../../../src/adapters/memory/memory-table-scan.ts';
import { MemoryTable } from '../../../src/adapters/memory/memory-table.ts';
import {
  BringIntoLine,
  type BringIntoLineDependencies,
  type RowToBring,
} from '../../../src/application/bring-into-line/bring-into-line.ts';
import { ClearDocuments } from '../../../src/application/bring-into-line/clear-documents.ts';
import { UnwritingQueue } from '../../../src/application/bring-into-line/unwriting-ports.ts';
import { withoutWriting } from '../../../src/application/bring-into-line/without-writing.ts';
import type { Outcome } from '../../../src/application/delivery.ts';
import { IndexDocuments } from '../../../src/application/index-documents.ts';
import { ReconcileDefaultImage } from '../../../src/application/reconcile-default-image.ts';
import { RunEffects } from '../../../src/application/run-effects.ts';
import { verify } from '../../../src/application/verify/verify.ts';
import type { TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { Fingerprinter } from '../../../src/domain/drift/fingerprint.ts';
import type { Attributes } from '../../../src/domain/value.ts';
import { collect } from '../../support/collect.ts';
import { SourceTable, type StreamRecord, type TableRow } from '../../support/stream-records.ts';
import { changeIn } from '../derived-rows.ts';
import { aRetrier, ForgetfulQueue, PatientSleeper, RecordingLogger, SteppingClock } from '../doubles.ts';
import { aWorker, type WorkerParts } from '../worker.ts';

/** Waited for before and after each call of a port. */
type Pause = () => Promise<void> | undefined;

type Overrides = Partial<BringIntoLineDependencies>;

const CONFLICTS = 1_000;

/** A table with its stream, a worker and an indexer, each at its own pace, and what is derived, in memory. */
export class FillWorld {
  readonly stream: StreamRecord[] = [];
  /** What rows were before they were last written, by their items. */
  readonly previous = new Map<string, Attributes>();
  readonly matcher = new MemoryMatcherRepository();
  readonly derivedRows = new MemoryDerivedRowRepository();
  readonly effects = new MemoryEffectLog();
  readonly fences = new MemorySearchFences();
  readonly engine = new MemorySearchEngine();
  readonly queue = new ForgetfulQueue();
  readonly clock = new SteppingClock();
  readonly table: MemoryTable;
  readonly rows: MemorySourceRows;
  readonly scan: MemoryTableScan;
  readonly #source = new SourceTable();
  readonly #definition: TableDefinition;
  readonly #pause: Pause | undefined;
  readonly #worker: ReturnType<typeof aWorker>;
  readonly #indexer: IndexDocuments;

  /** @param own parts of its worker. */
  constructor(definition: TableDefinition, pause?: Pause, own: WorkerParts = {}) {
    const { model } = definition;
    this.#definition = definition;
    this.#pause = pause;
    this.table = new MemoryTable(model);
    this.rows = new MemorySourceRows(this.table);
    this.scan = this.paused(new MemoryTableScan(this.table));
    this.#worker = aWorker({
      definition,
      replica: 'none',
      retries: { conflicts: CONFLICTS },
      ...own,
      backend: {
        queue: this.paused(this.queue),
        images: this.paused(new MemoryImageRepository(this.table)),
        matcher: this.paused(this.matcher),
        derivedRows: this.paused(this.derivedRows),
        effects: this.effects,
      } as never,
    });
    this.#indexer = new IndexDocuments({
      model,
      index: this.paused(this.engine),
      fences: this.paused(this.fences),
      rows: this.rows,
      retrier: aRetrier({ conflicts: CONFLICTS }),
    });
  }

  /** A port whose calls others may come between. */
  paused<Port extends object>(port: Port): Port {
    const pause = this.#pause;
    if (pause === undefined) return port;
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return async (...given: unknown[]): Promise<unknown> => {
          await pause();
          const answer: unknown = await Reflect.apply(member, target, given);
          await pause();
          return answer;
        };
      },
    });
  }

  /** Writes the row, of which the stream has a record, unless it is lost. @returns the record. */
  async put(row: TableRow, { lost = false } = {}): Promise<StreamRecord> {
    return this.#write(this.#source.put(row), lost);
  }

  async remove(row: TableRow, { lost = false } = {}): Promise<StreamRecord> {
    return this.#write(this.#source.remove(row), lost);
  }

  has(row: TableRow): boolean {
    return this.#source.has(row);
  }

  async #write(record: StreamRecord, lost: boolean): Promise<StreamRecord> {
    const change = changeIn(this.#definition, record);
    if (typeof change.before !== 'string') this.previous.set(change.item, change.before);
    await this.table.apply([change]);
    if (!lost) this.stream.push(record);
    return record;
  }

  /** Has the worker handle so many records of the stream; all of them unless given. */
  async handle(count = this.stream.length): Promise<void> {
    const records = this.stream.slice(0, count);
    const { outcomes } = await this.#worker.handle(...records);
    const failed = outcomes.findIndex(({ status }) => status === 'failed');
    this.stream.splice(0, failed < 0 ? count : failed);
  }

  /** Has the worker handle records that the stream has no more. */
  async handleAgain(...records: readonly StreamRecord[]): Promise<readonly Outcome[]> {
    return (await this.#worker.handle(...records)).outcomes;
  }

  /** Has the indexer carry out what is queued. */
  async index(): Promise<void> {
    const received = this.queue
      .drain()
      .map((action, n) => ({ action, receives: 1, receipt: `${n}`, sentAt: undefined }));
    await this.#indexer.execute(received as never);
  }

  /** What brings rows into line here. */
  filler(overrides: Overrides = {}, options: { readonly isDryRun?: boolean } = {}): BringIntoLine {
    return new BringIntoLine(this.partsOfFiller(overrides, options));
  }

  partsOfFiller(overrides: Overrides = {}, { isDryRun = false } = {}): BringIntoLineDependencies {
    const retrier = aRetrier({ conflicts: CONFLICTS });
    const parts = {
      rows: this.rows,
      matcher: this.matcher,
      derivedRows: this.derivedRows,
      fences: this.fences,
      queue: this.queue,
      ...overrides,
    };
    const images = this.paused(new MemoryImageRepository(this.table));
    const deps = {
      model: this.#definition.model,
      rows: this.paused(parts.rows),
      matcher: this.paused(parts.matcher),
      derivedRows: this.paused(parts.derivedRows),
      fences: this.paused(parts.fences),
      queue: this.paused(parts.queue),
      pointers: new ReconcileDefaultImage(images, retrier),
      effects: new RunEffects({
        log: this.effects,
        retrier,
        retrierOf: (own) => aRetrier(own),
        sleeper: new PatientSleeper(),
        clock: this.clock,
        metrics: new MemoryMetrics(),
        logger: new RecordingLogger(),
      }),
      retrier,
      clock: this.clock,
    };
    const fingerprints = new Fingerprinter(() => 0.5);
    return isDryRun ? withoutWriting(deps, { images, log: this.effects, fingerprints }) : deps;
  }

  /** What has documents deleted here that no row gives. */
  clearing({ isDryRun = false } = {}): ClearDocuments {
    const { fences, rows, clock } = this;
    const queue = isDryRun ? new UnwritingQueue() : this.queue;
    return new ClearDocuments({
      ...{ model: this.#definition.model, fences, rows, clock, queue },
      retrier: aRetrier({ conflicts: CONFLICTS }),
    });
  }

  /** The rows that are there, as a scan finds them, page by page. */
  async *pages(limit: number): AsyncGenerator<readonly RowToBring[]> {
    let from: string | undefined;
    do {
      const at = this.clock.now();
      const page = await this.scan.page({ segment: 0, segments: 1, from, limit });
      yield page.rows.map(({ key, attributes }) => ({ key, scanned: { attributes, at } }));
      from = page.next;
    } while (from !== undefined);
  }

  async scanned(): Promise<readonly RowToBring[]> {
    return (await collect(this.pages(100))).flat();
  }

  /** What is derived otherwise than the rows say, once the stream and the queue are at their ends. */
  async drift(): Promise<readonly string[]> {
    while (this.stream.length > 0) await this.handle();
    await this.index();
    return this.driftNow();
  }

  async driftNow(): Promise<readonly string[]> {
    const index = { documents: () => this.engine.all() };
    const state = new MemoryDerivedState(index, this.table, this.matcher, this.derivedRows);
    const { drift } = await verify(state, this.#definition);
    return drift.map(({ derivation, problem, what }) => `${derivation} ${problem}: ${what}`);
  }
}
