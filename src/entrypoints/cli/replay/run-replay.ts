import { statSync } from 'node:fs';
import { TableGenerations } from '../../../application/ports/table-generations.ts';
import { ProcessBatch } from '../../../application/process-batch.ts';
import { verify } from '../../../application/verify/verify.ts';
import { readConfig } from '../../config.ts';
import { loadDefinition } from '../../definition/load-definition.ts';
import { OF_FLEET } from '../asked-definition.ts';
import { FAILED } from '../exit-status.ts';
import { OutputFile } from '../output-file.ts';
import { sayingWhoExits } from '../own-exit.ts';
import { openSources, totalSize } from '../sources.ts';
import { Progress } from './progress.ts';
import { replay } from './replay.ts';
import { replayWorker } from './replay-worker.ts';
import { jsonReport, textReport } from './report.ts';
import { RecordedStreams } from './streams.ts';
import { stateJson } from './state-json.ts';

export interface ReplayCommandOptions {
  readonly definition?: string;
  readonly backend: 'memory' | 'postgres';
  readonly batchSize: number;
  readonly report: 'text' | 'json';
  readonly state?: string;
  readonly streamArn?: string;
  readonly follow?: readonly string[];
  readonly verify: boolean;
}

/** Replays files, writes the report and the state, and sets the exit status. */
export async function runReplay(files: string[], options: ReplayCommandOptions): Promise<void> {
  const { logLevel, backend } = readConfig({
    ...process.env,
    LOG_LEVEL: process.env['LOG_LEVEL'] || 'silent',
    BACKEND: options.backend,
    DATABASE_URL: process.env['DATABASE_URL'] || 'pglite:',
  });
  const { definition, file } = await loadDefinition(options.definition, process.cwd());
  const sources = await openSources(files);
  const inputs = [...sources.map(({ stats }) => stats), ...(file === undefined ? [] : [statSync(file)])];
  const stateFile =
    options.state === undefined
      ? undefined
      : await OutputFile.create(options.state, { what: 'the state file', inputs });
  /** By effect, how often it handed items for DynamoDB to `once`: here there is no DynamoDB. */
  const unmade = new Map<string, number>();
  const worker = await replayWorker(backend, {
    definition,
    onItems: ({ effect }) => unmade.set(effect, (unmade.get(effect) ?? 0) + 1),
    log: { level: logLevel, stream: process.stderr, readable: process.stderr.isTTY },
  });
  const { container, state, drain } = worker;
  // Log lines on the same terminal would write over the bar.
  const progress = new Progress(process.stderr, totalSize(sources), logLevel === 'silent');
  try {
    const streams = await RecordedStreams.open(definition.model, container.get(TableGenerations), options);
    const started = performance.now();
    const result = await sayingWhoExits('contrail', 'nothing is reported', () =>
      replay(
        sources,
        { batchSize: options.batchSize, onProgress: (bytes, records) => progress.update(bytes, records) },
        { streams, processBatch: container.get(ProcessBatch), drain },
      ),
    );
    const seconds = (performance.now() - started) / 1000;
    progress.stop();
    const searchActions = worker.sent();
    const verification = options.verify ? await verify(state, definition) : undefined;
    // Before anything is written: where nobody reads that, this is the end.
    if (result.failures.total > 0 || (verification?.drift.length ?? 0) > 0) process.exitCode = FAILED;
    const [unwritten] = await Promise.allSettled([
      stateFile?.write(stateJson({ state, searchActions, definition, failures: result.failures.list() })),
    ]);
    const report = options.report === 'json' ? jsonReport : textReport;
    const output = stateFile?.isStandardOutput ? process.stderr : process.stdout;
    output.write(report({ result, seconds, searchActions, unmade, verification, definition }));
    if (file === undefined && result.records > 0 && result.outcomes.applied === 0)
      process.stderr.write(OF_FLEET);
    if (unwritten.status === 'rejected') throw unwritten.reason;
  } finally {
    progress.stop();
    await stateFile?.discard();
    await worker.close();
  }
}
