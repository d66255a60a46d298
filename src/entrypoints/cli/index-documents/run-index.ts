import { INDEX_QUEUE_DEFAULTS, IndexQueue } from '../../../application/index-queue.ts';
import type { IndexProgress } from '../../../application/index-progress.ts';
import { Logger } from '../../../application/ports/logger.ts';
import { Random } from '../../../application/ports/random.ts';
import { Sleeper } from '../../../application/ports/sleeper.ts';
import type { TableDefinition } from '../../../domain/definition/define-table.ts';
import { Fault } from '../../../domain/fault.ts';
import { indexerIn } from '../../composition/indexer.ts';
import { loadDefinition } from '../../definition/load-definition.ts';
import type { Environment } from '../../environment-reader.ts';
import { FAILED } from '../exit-status.ts';
import { stopOnSignal } from '../signals.ts';
import type { Engine } from './engine.ts';
import { StatusLine } from '../status-line.ts';
import { INDEX_FORMAT, indexFigures } from './progress.ts';
import { runRebuild } from './rebuild.ts';
import { drainReport } from './report.ts';
import { openIndexer } from './open-indexer.ts';
import { readDrainSettings, withFolder } from './settings.ts';

export interface IndexCommandOptions {
  readonly definition?: string;
  readonly folder?: string;
  readonly once: boolean;
  readonly create: boolean;
  readonly rebuild?: string;
  /** Unless given, as many as the queue is best drained by. */
  readonly receivers?: number;
  readonly batchSize: number;
  readonly streamArn?: string;
  readonly follow?: readonly string[];
  readonly metrics: boolean;
  readonly report: 'text' | 'json';
}

/** How long a receiver waits for a message before it takes the queue for empty, in milliseconds: SQS asks all of its servers then. */
const EMPTY_AFTER = 2_000;

/** Drains the queue, or makes a collection anew; writes the report, and sets the exit status. */
export async function runIndex(files: readonly string[], options: IndexCommandOptions): Promise<void> {
  const { definition } = await loadDefinition(options.definition, process.cwd());
  const environment = withFolder(process.env, options.folder);
  if (options.rebuild !== undefined) {
    await runRebuild(options.rebuild, files, { ...options, definition, environment });
    return;
  }
  if (files.length > 0)
    throw new Fault(
      'configuration',
      `${files[0] ?? ''}: files are read with --rebuild only; without it the search queue is`,
    );
  await drain(definition, environment, options);
}

async function drain(definition: TableDefinition, environment: Environment, options: IndexCommandOptions) {
  const settings = readDrainSettings(environment, definition.model);
  const progress = new StatusLine(process.stderr);
  const { container, engine, queueOptions } = await openIndexer(definition, settings, {
    // Log lines go above the line that says how far it is.
    log: { stream: progress.log, readable: process.stderr.isTTY },
    hasMetrics: options.metrics,
    batchSize: options.batchSize,
  });
  const stop = stopOnSignal();
  try {
    const made = options.create ? await engine.create(stop.signal) : [];
    await checked(engine, container.get(Logger), stop.signal);
    const { source, indexDocuments: documents, clock, logger, metrics } = indexerIn(container);
    const queue = new IndexQueue(
      {
        ...{ source, documents, clock, logger, metrics },
        ...{ sleeper: container.get(Sleeper), random: container.get(Random) },
      },
      {
        ...queueOptions,
        ...(options.receivers !== undefined && { receivers: options.receivers }),
        ...{ once: options.once, batchMax: options.batchSize },
        waitMs: options.once ? EMPTY_AFTER : INDEX_QUEUE_DEFAULTS.waitMs,
        heldMax: Math.max(INDEX_QUEUE_DEFAULTS.heldMax, 2 * options.batchSize),
      },
    );
    const started = performance.now();
    progress.start(INDEX_FORMAT, () => indexFigures(queue.progress));
    const result: IndexProgress = await queue.run(stop.signal);
    progress.stop();
    if (result.givenBack > 0 && options.once) process.exitCode = FAILED;
    const output = options.metrics ? process.stderr : process.stdout;
    const seconds = (performance.now() - started) / 1_000;
    output.write(drainReport(options.report, { result, seconds, made }));
  } finally {
    stop.release();
    progress.stop();
    await engine.close();
    await container.unbindAllAsync();
  }
}

/** What an operator has to mend is said before anything is received. What passes, is waited for while it goes on. */
async function checked(engine: Engine, logger: Logger, signal: AbortSignal): Promise<void> {
  try {
    await engine.check(signal);
  } catch (error) {
    if (signal.aborted) return;
    if (!Fault.is(error) || error.kind === 'configuration') throw error;
    logger.log('warn', 'the search engine is not there yet', { error });
  }
}
