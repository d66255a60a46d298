import { statSync } from 'node:fs';
import { ContainerModule } from 'inversify';
import { MemoryDerivedRowRepository } from '../../../adapters/memory/memory-derived-row-repository.ts';
import { MemoryDerivedState } from '../../../adapters/memory/memory-derived-state.ts';
import { MemoryMatcherRepository } from '../../../adapters/memory/memory-matcher-repository.ts';
import { MemorySearchEngine } from '../../../adapters/memory/memory-search-engine.ts';
import { MemorySearchQueue } from '../../../adapters/memory/memory-search-queue.ts';
import { MemoryTable } from '../../../adapters/memory/memory-table.ts';
import { indexAll } from '../../../application/index-all.ts';
import { IndexDocuments } from '../../../application/index-documents.ts';
import { DerivedState } from '../../../application/ports/derived-state.ts';
import { SearchActionSource } from '../../../application/ports/search-action-source.ts';
import { Sleeper } from '../../../application/ports/sleeper.ts';
import { TableGenerations } from '../../../application/ports/table-generations.ts';
import { ProcessBatch } from '../../../application/process-batch.ts';
import { verify } from '../../../application/verify/verify.ts';
import { indexDocumentsModule } from '../../composition/index-documents.module.ts';
import { memoryIndexerModule } from '../../composition/memory-indexer.module.ts';
import { readConfig } from '../../config.ts';
import { loadDefinition } from '../../definition/load-definition.ts';
import { createMemoryWorker } from '../../memory-worker.ts';
import { FAILED } from '../exit-status.ts';
import { OutputFile } from '../output-file.ts';
import { openSources, totalSize } from '../sources.ts';
import { Progress } from './progress.ts';
import { replay } from './replay.ts';
import { jsonReport, textReport } from './report.ts';
import { RecordedStreams } from './streams.ts';
import { stateJson } from './state-json.ts';

export interface ReplayCommandOptions {
  readonly definition?: string;
  readonly backend: 'memory';
  readonly batchSize: number;
  readonly report: 'text' | 'json';
  readonly state?: string;
  readonly streamArn?: string;
  readonly follow?: readonly string[];
  readonly verify: boolean;
}

/** What the report calls the search index is what a search engine in memory holds, filled as an indexer does it. */
const documentsInEngine = new ContainerModule(({ rebind }) => {
  void rebind(DerivedState).toResolvedValue(
    (engine, table, matcher, derivedRows) =>
      new MemoryDerivedState({ documents: () => engine.all() }, table, matcher, derivedRows),
    [MemorySearchEngine, MemoryTable, MemoryMatcherRepository, MemoryDerivedRowRepository],
  );
});

/** Replays files, writes the report and the state, and sets the exit status. */
export async function runReplay(files: string[], options: ReplayCommandOptions): Promise<void> {
  const { logLevel } = readConfig({
    ...process.env,
    LOG_LEVEL: process.env['LOG_LEVEL'] || 'silent',
    BACKEND: options.backend,
  });
  const { definition, file } = await loadDefinition(options.definition, process.cwd());
  const sources = await openSources(files);
  const inputs = [...sources.map(({ stats }) => stats), ...(file === undefined ? [] : [statSync(file)])];
  const stateFile =
    options.state === undefined
      ? undefined
      : await OutputFile.create(options.state, { what: 'the state file', inputs });
  const { container, state } = createMemoryWorker({
    definition,
    modules: [memoryIndexerModule, indexDocumentsModule, documentsInEngine],
    log: { level: logLevel, stream: process.stderr, readable: process.stderr.isTTY },
  });
  const indexing = {
    source: container.get(SearchActionSource),
    documents: container.get(IndexDocuments),
    sleeper: container.get(Sleeper),
  };
  const streams = await RecordedStreams.open(definition.model, container.get(TableGenerations), options);
  // Log lines on the same terminal would write over the bar.
  const progress = new Progress(process.stderr, totalSize(sources), logLevel === 'silent');
  try {
    const started = performance.now();
    const result = await replay(
      sources,
      { batchSize: options.batchSize, onProgress: (bytes, records) => progress.update(bytes, records) },
      { streams, processBatch: container.get(ProcessBatch), drain: () => indexAll(indexing) },
    );
    const seconds = (performance.now() - started) / 1000;
    progress.stop();
    const searchActions = container.get(MemorySearchQueue).sent;
    const verification = options.verify ? await verify(state, definition) : undefined;
    // Before anything is written: where nobody reads that, this is the end.
    if (result.failures.total > 0 || (verification?.drift.length ?? 0) > 0) process.exitCode = FAILED;
    const [unwritten] = await Promise.allSettled([
      stateFile?.write(stateJson({ state, searchActions, definition, failures: result.failures.list() })),
    ]);
    const report = options.report === 'json' ? jsonReport : textReport;
    const output = stateFile?.isStandardOutput ? process.stderr : process.stdout;
    output.write(report({ result, seconds, searchActions, verification, definition }));
    if (unwritten.status === 'rejected') throw unwritten.reason;
  } finally {
    progress.stop();
    await stateFile?.discard();
  }
}
