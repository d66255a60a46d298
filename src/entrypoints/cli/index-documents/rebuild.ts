import { MemorySearchActionSource } from '../../../adapters/memory/memory-search-action-source.ts';
import { MemorySearchFences } from '../../../adapters/memory/memory-search-fences.ts';
import { MemorySearchQueue } from '../../../adapters/memory/memory-search-queue.ts';
import { indexAll, type IndexAllDependencies } from '../../../application/index-all.ts';
import { IndexDocuments } from '../../../application/index-documents.ts';
import { LATE_MS } from '../../../application/index-outcome.ts';
import { Clock } from '../../../application/ports/clock.ts';
import { Logger } from '../../../application/ports/logger.ts';
import { Sleeper } from '../../../application/ports/sleeper.ts';
import { SourceRows } from '../../../application/ports/source-rows.ts';
import { TableGenerations } from '../../../application/ports/table-generations.ts';
import { ProcessBatch } from '../../../application/process-batch.ts';
import { Retrier } from '../../../application/retry.ts';
import type { TableDefinition } from '../../../domain/definition/define-table.ts';
import { Fault } from '../../../domain/fault.ts';
import { memoryIndexerModule } from '../../composition/memory-indexer.module.ts';
import { readConfig } from '../../config.ts';
import type { Environment } from '../../environment-reader.ts';
import { createMemoryWorker } from '../../memory-worker.ts';
import { FAILED } from '../exit-status.ts';
import { Progress } from '../replay/progress.ts';
import { replay, type ReplayResult } from '../replay/replay.ts';
import { RecordedStreams } from '../replay/streams.ts';
import { stopOnSignal } from '../signals.ts';
import { openSources, totalSize } from '../sources.ts';
import type { Replacement } from './engine.ts';
import { type RebuildOutcome, rebuildReport } from './rebuild-report.ts';
import type { IndexCommandOptions } from './run-index.ts';
import { openEngine, readEngine } from './settings.ts';

export interface RebuildOptions extends Omit<IndexCommandOptions, 'definition'> {
  readonly definition: TableDefinition;
  readonly environment: Environment;
}

/** Records of one batch of the worker. */
const RECORDS = 1_000;
/** Ids that are looked for at a time. */
const IDS = 10_000;

/**
 * Fills a new collection from recorded changes, and has it take the old one's place: only where the recording is whole, as far
 * as that can be told. Otherwise nothing of it is left.
 */
export async function runRebuild(
  collection: string,
  files: readonly string[],
  { definition, environment, ...options }: RebuildOptions,
): Promise<void> {
  const { model } = definition;
  const known = new Set(model.documents.map((one) => one.collection));
  if (!known.has(collection))
    throw new Fault(
      'configuration',
      `the definition has no documents in a collection ${JSON.stringify(collection)}; it has some in ${[...known].join(', ') || 'none'}`,
    );
  if (files.length === 0)
    throw new Fault('configuration', '--rebuild needs files of recorded changes; - is standard input');
  const settings = readEngine(environment);
  const { logLevel } = readConfig({ ...environment, BACKEND: 'memory' });
  const sources = await openSources(files);
  const stop = stopOnSignal();
  const progress = new Progress(process.stderr, totalSize(sources), true);
  const worker = createMemoryWorker({
    definition,
    modules: [memoryIndexerModule],
    log: {
      ...{ level: logLevel === 'info' ? 'warn' : logLevel, readable: process.stderr.isTTY },
      stream: process.stderr,
    },
  });
  const engine = await openEngine(settings, model, worker.container.get(Logger));
  const replacement = await engine.beside(collection, stop.signal).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  let isSwitched = false;
  try {
    const filling = new Filling(collection, replacement, definition, worker);
    const started = performance.now();
    const streams = await RecordedStreams.open(model, worker.container.get(TableGenerations), options);
    const replayed = await replay(
      sources,
      { batchSize: RECORDS, onProgress: (bytes, records) => progress.update(bytes, records) },
      {
        streams,
        processBatch: worker.container.get(ProcessBatch),
        drain: () => filling.fill(stop.signal),
      },
    );
    progress.stop();
    const unknown = filling.refused === 0 ? await filling.unknownIds(stop.signal) : [];
    stop.signal.throwIfAborted();
    const outcome: RebuildOutcome = {
      ...{ collection, name: replacement.name, replayed, unknown },
      ...{ documents: filling.documents, refused: filling.refused },
      seconds: (performance.now() - started) / 1_000,
      switched: undefined,
    };
    if (!isWhole(replayed, filling.refused, unknown)) {
      process.exitCode = FAILED;
      process.stdout.write(rebuildReport(options.report, outcome));
      return;
    }
    const switched = await replacement.switch(stop.signal);
    isSwitched = true;
    process.stdout.write(rebuildReport(options.report, { ...outcome, switched }));
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.stderr.write(`contrail: stopped; ${collection} is as it was\n`);
    process.exitCode = FAILED;
  } finally {
    progress.stop();
    if (!isSwitched) await replacement.drop().catch((error: unknown) => said(replacement, error));
    await engine.close();
    stop.release();
  }
}

function isWhole({ failures }: ReplayResult, refused: number, unknown: readonly string[]): boolean {
  return failures.total === 0 && refused === 0 && unknown.length === 0;
}

function said({ name }: Replacement, error: unknown): void {
  process.stderr.write(`contrail: ${name} is left, take it away: ${Fault.from(error).message}\n`);
}

/** What goes on in the new collection. */
class Filling {
  /** How many actions were refused for good. */
  refused = 0;
  readonly #logger: Logger;
  readonly #collection: string;
  readonly #replacement: Replacement;
  readonly #sent: MemorySearchQueue;
  readonly #queue: MemorySearchQueue;
  readonly #indexing: IndexAllDependencies;
  /** Of all documents that the recording tells of: whether they are there. */
  readonly #ids = new Map<string, boolean>();

  constructor(
    collection: string,
    replacement: Replacement,
    { model }: TableDefinition,
    { container }: ReturnType<typeof createMemoryWorker>,
  ) {
    this.#collection = collection;
    this.#replacement = replacement;
    this.#sent = container.get(MemorySearchQueue);
    const [clock, sleeper] = [container.get(Clock), container.get(Sleeper)];
    this.#queue = new MemorySearchQueue(clock);
    const source = new MemorySearchActionSource(this.#queue, { clock, sleeper, visibilityMs: 4 * LATE_MS });
    const documents = new IndexDocuments({
      ...{ model, index: replacement.index, fences: new MemorySearchFences() },
      ...{ rows: container.get(SourceRows), retrier: container.get(Retrier) },
    });
    this.#indexing = { source, documents, sleeper };
    this.#logger = container.get(Logger);
  }

  /** How many documents the new collection has. */
  get documents(): number {
    return [...this.#ids.values()].filter(Boolean).length;
  }

  /** Carries out what the worker has sent, and waits for the search engine where it has to. */
  async fill(stop: AbortSignal): Promise<void> {
    stop.throwIfAborted();
    const actions = this.#sent.drain().filter(({ key }) => key.collection === this.#collection);
    if (actions.length === 0) return;
    for (const { key, document } of actions) this.#ids.set(key.id, document !== undefined);
    for (const action of actions) await this.#queue.send([action]);
    const refused = await indexAll(this.#indexing, stop);
    this.refused += refused.length;
    for (const fault of refused) this.#logger.log('error', 'document refused', { error: fault });
    stop.throwIfAborted();
  }

  /** Some of the ids that the old collection has and the recording knows nothing of. */
  async unknownIds(stop: AbortSignal): Promise<readonly string[]> {
    const unknown: string[] = [];
    for await (const id of this.#replacement.ids(stop))
      if (!this.#ids.has(id) && unknown.push(id) >= IDS) break;
    return unknown;
  }
}
