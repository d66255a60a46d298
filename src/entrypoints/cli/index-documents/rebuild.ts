import { MemorySearchQueue } from '../../../adapters/memory/memory-search-queue.ts';
import { Logger } from '../../../application/ports/logger.ts';
import { SearchQueue } from '../../../application/ports/search-queue.ts';
import { TableGenerations } from '../../../application/ports/table-generations.ts';
import { ProcessBatch } from '../../../application/process-batch.ts';
import { Retrier } from '../../../application/retry.ts';
import { NO_LIMIT } from '../../../application/time-limit.ts';
import type { TableDefinition } from '../../../domain/definition/define-table.ts';
import { Fault } from '../../../domain/fault.ts';
import { ContainerModule } from 'inversify';
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
import { CollectionQueue } from './collection-queue.ts';
import type { Replacement } from './engine.ts';
import { Filling } from './filling.ts';
import { type RebuildOutcome, rebuildReport } from './rebuild-report.ts';
import type { IndexCommandOptions } from './run-index.ts';
import { openEngine, readEngine } from './settings.ts';
import { inPlace, PATIENT, untilDone } from './take-place.ts';

export interface RebuildOptions extends Omit<IndexCommandOptions, 'definition'> {
  readonly definition: TableDefinition;
  readonly environment: Environment;
}

/** Records of one batch of the worker. */
const RECORDS = 1_000;

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
    modules: [memoryIndexerModule, ofCollection(collection)],
    retries: PATIENT,
    log: {
      ...{ level: logLevel === 'info' ? 'warn' : logLevel, readable: process.stderr.isTTY },
      stream: process.stderr,
    },
  });
  const { container } = worker;
  const engine = await openEngine(settings, model, container.get(Logger));
  const replacement = await engine.beside(collection, stop.signal).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  /** Whether the new collection may be in its place, or may yet come to be. */
  let isToStay = false;
  try {
    const retrier = container.get(Retrier);
    const contents = () => untilDone((signal) => replacement.contents(signal), retrier, stop.signal);
    const before = await contents();
    const filling = new Filling(replacement, container.get(CollectionQueue), definition, worker);
    const started = performance.now();
    const streams = await RecordedStreams.open(model, container.get(TableGenerations), options);
    const replayed = await replay(
      sources,
      { batchSize: RECORDS, onProgress: (bytes, records) => progress.update(bytes, records) },
      {
        streams,
        processBatch: container.get(ProcessBatch),
        drain: () => filling.fill(stop.signal),
      },
    );
    progress.stop();
    const unknown =
      filling.refused === 0
        ? await untilDone((signal) => filling.unknownIds(signal), retrier, stop.signal)
        : [];
    const isWritten = (await contents()) !== before;
    stop.signal.throwIfAborted();
    const { name, leftovers, removed } = replacement;
    const outcome: RebuildOutcome = {
      ...{ collection, name, replayed, unknown, leftovers, removed },
      isWritten,
      ...{ documents: filling.documents, refused: filling.refused },
      seconds: (performance.now() - started) / 1_000,
      switched: undefined,
    };
    if (isWritten || !isWhole(replayed, filling.refused, unknown)) {
      process.exitCode = FAILED;
      process.stdout.write(rebuildReport(options.report, outcome));
      return;
    }
    isToStay = true;
    const switched = await inPlace(collection, replacement, retrier, () => (isToStay = false));
    const isLost = await isWrittenSince(replacement, before, retrier);
    if (isLost) process.exitCode = FAILED;
    process.stdout.write(rebuildReport(options.report, { ...outcome, isWritten: isLost, switched }));
  } catch (error) {
    if (isToStay || !stop.signal.aborted) throw error;
    process.stderr.write(`contrail: stopped; ${collection} is as it was\n`);
    process.exitCode = FAILED;
  } finally {
    progress.stop();
    if (!isToStay) await replacement.drop().catch((error: unknown) => said(replacement, error));
    await engine.close();
    stop.release();
  }
}

/** Whether somebody wrote to the old collection between the last look at it and the switch: no search finds that any more. */
async function isWrittenSince(
  replacement: Replacement,
  before: string | undefined,
  retrier: Retrier,
): Promise<boolean> {
  try {
    const after = await untilDone((signal) => replacement.contents(signal), retrier, NO_LIMIT.signal);
    return after !== before;
  } catch (error) {
    // It is switched all the same, and that is to be said.
    const { message } = Fault.from(error);
    process.stderr.write(
      `contrail: whether somebody wrote to the old one in the moment of the switch is not known: ${message}\n`,
    );
    process.exitCode = FAILED;
    return false;
  }
}

/** The worker's queue has what that collection is told alone. */
function ofCollection(collection: string): ContainerModule {
  return new ContainerModule(({ bind, rebind }) => {
    bind(CollectionQueue).toResolvedValue(
      (queue) => new CollectionQueue(queue, collection),
      [MemorySearchQueue],
    );
    rebind(SearchQueue).toService(CollectionQueue);
  });
}

function isWhole({ failures }: ReplayResult, refused: number, unknown: readonly string[]): boolean {
  return failures.total === 0 && refused === 0 && unknown.length === 0;
}

function said({ name }: Replacement, error: unknown): void {
  process.stderr.write(`contrail: ${name} is left, take it away: ${Fault.from(error).message}\n`);
}
