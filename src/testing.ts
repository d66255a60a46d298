/* What `import … from 'contrail/testing'` gives: a worker in memory, the adapters that it keeps things in, and the simulation. */

export { MemoryDerivedRowRepository } from './adapters/memory/memory-derived-row-repository.ts';
export { MemoryDerivedState } from './adapters/memory/memory-derived-state.ts';
export { MemoryEffectLog } from './adapters/memory/memory-effect-log.ts';
export type { UnmadeWrite } from './adapters/memory/memory-effect-log.ts';
export { MemoryImageRepository } from './adapters/memory/memory-image-repository.ts';
export { MemoryMatcherRepository } from './adapters/memory/memory-matcher-repository.ts';
export { MemoryMetrics } from './adapters/memory/memory-metrics.ts';
export { MemoryQuarantine } from './adapters/memory/memory-quarantine.ts';
export { MemorySearchEngine } from './adapters/memory/memory-search-engine.ts';
export { MemorySearchIndex } from './adapters/memory/memory-search-index.ts';
export { MemorySearchQueue } from './adapters/memory/memory-search-queue.ts';
export { MemoryShardStates } from './adapters/memory/memory-shard-states.ts';
export { MemoryStream } from './adapters/memory/memory-stream.ts';
export { MemoryStreamSource } from './adapters/memory/memory-stream-source.ts';
export type { MemoryStreamSourceOptions } from './adapters/memory/memory-stream-source.ts';
export { MemoryTable } from './adapters/memory/memory-table.ts';
export { MemoryTableGenerations } from './adapters/memory/memory-table-generations.ts';
export { createMemoryWorker } from './entrypoints/memory-worker.ts';
export type { MemoryWorker, MemoryWorkerOptions } from './entrypoints/memory-worker.ts';
export type { Poison } from './entrypoints/settings.ts';

/* What a definition is tested with. */
export { including } from './testing/including.ts';
export { testing } from './testing/kit.ts';
export type { EffectCall, FailingAttempts } from './testing/effect-calls.ts';
export type { FailedChange } from './testing/found.ts';
export type { Including } from './testing/including.ts';
export type { Kit, RecordFactory } from './testing/kit.ts';
export type { CallExpected, Expected, RowFactories, RowFactory, State } from './testing/kit-types.ts';
export type { GivenRow, RowChange, RowRemoval, RowUpdate } from './testing/row-factory.ts';
export type { GivenOptions, Scenario } from './testing/scenario.ts';
export type { KitOptions, WhenOptions } from './testing/settings.ts';
export type { StreamRecord, ViewType } from './adapters/dynamodb-stream/stream-record.ts';
export type { StreamEvent } from './testing/stream-record.ts';
export type { TestClock } from './testing/test-clock.ts';
export type { Drift } from './application/verify/verify.ts';
export { simulate, SIMULATED_INVARIANTS, SimulationError } from './simulation/simulate.ts';
export type { SimulateOptions, SimulationProgress, SimulationReport } from './simulation/simulate.ts';
