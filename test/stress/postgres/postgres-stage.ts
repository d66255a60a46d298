import { setTimeout as sleep } from 'node:timers/promises';
import { type Container, ContainerModule } from 'inversify';
import { MemoryMetrics } from '../../../src/adapters/memory/memory-metrics.ts';
import type { Database } from '../../../src/adapters/postgres/client/database.ts';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import { PostgresDerivedState } from '../../../src/adapters/postgres/derived/postgres-derived-state.ts';
import { PostgresEffectLog } from '../../../src/adapters/postgres/effects/postgres-effect-log.ts';
import { PostgresTableGenerations } from '../../../src/adapters/postgres/generations/postgres-table-generations.ts';
import { PostgresMatcherRepository } from '../../../src/adapters/postgres/matcher/postgres-matcher-repository.ts';
import { PostgresImageRepository } from '../../../src/adapters/postgres/pointers/postgres-image-repository.ts';
import { PostgresQuarantine } from '../../../src/adapters/postgres/quarantine/postgres-quarantine.ts';
import { PostgresSearchActionSource } from '../../../src/adapters/postgres/queue/postgres-search-action-source.ts';
import { PostgresSearchQueue } from '../../../src/adapters/postgres/queue/postgres-search-queue.ts';
import { PostgresSourceRows } from '../../../src/adapters/postgres/replica/postgres-source-rows.ts';
import { PostgresTableReplica } from '../../../src/adapters/postgres/replica/postgres-table-replica.ts';
import { PostgresDerivedRowRepository } from '../../../src/adapters/postgres/rows/postgres-derived-row-repository.ts';
import type { Names } from '../../../src/adapters/postgres/schema/names.ts';
import { PostgresSearchFences } from '../../../src/adapters/postgres/search/postgres-search-fences.ts';
import { PostgresSearchIndex } from '../../../src/adapters/postgres/search/postgres-search-index.ts';
import { readText } from '../../../src/adapters/postgres/values/text.ts';
import { indexAll } from '../../../src/application/index-all.ts';
import { IndexDocuments } from '../../../src/application/index-documents.ts';
import { Clock } from '../../../src/application/ports/clock.ts';
import { DerivedRowRepository } from '../../../src/application/ports/derived-row-repository.ts';
import { EffectLog } from '../../../src/application/ports/effect-log.ts';
import { ImageRepository } from '../../../src/application/ports/image-repository.ts';
import { MatcherRepository } from '../../../src/application/ports/matcher-repository.ts';
import { Metrics } from '../../../src/application/ports/metrics.ts';
import { Quarantine } from '../../../src/application/ports/quarantine.ts';
import { SearchActionSource } from '../../../src/application/ports/search-action-source.ts';
import { SearchFences } from '../../../src/application/ports/search-fences.ts';
import { SearchIndex } from '../../../src/application/ports/search-index.ts';
import { SearchQueue } from '../../../src/application/ports/search-queue.ts';
import { Sleeper } from '../../../src/application/ports/sleeper.ts';
import { SourceRows } from '../../../src/application/ports/source-rows.ts';
import { TableGenerations } from '../../../src/application/ports/table-generations.ts';
import { TableReplica } from '../../../src/application/ports/table-replica.ts';
import { verify } from '../../../src/application/verify/verify.ts';
import type { Fault } from '../../../src/domain/fault.ts';
import { compose, streamWorker } from '../../../src/entrypoints/composition/container.ts';
import { indexDocumentsModule } from '../../../src/entrypoints/composition/index-documents.module.ts';
import { systemModule } from '../../../src/entrypoints/composition/system.module.ts';
import { handlerOf } from '../../../src/entrypoints/lambda/handler-of.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { Counts } from '../../../src/simulation/world/counts.ts';
import type { PostgresKind, TestDatabase } from '../../integration/postgres.ts';
import type { Plan } from '../plan.ts';
import { POISON_KINDS } from '../poison.ts';
import type { Stage } from '../stage.ts';
import { lockRows, terminateConnections } from './disturb.ts';
import { FaultyDatabase, type Faults } from './faulty-database.ts';
import { missingRows } from './missing-rows.ts';
import type { PostgresPlan } from './postgres-plan.ts';

/** For how long an action is one consumer's. */
const VISIBILITY_MS = 1_000;
const CONSUMERS = 2;

/** Where a run is: on a database that outlives it. */
export interface Ground extends TestDatabase {
  readonly name: PostgresKind['name'];
  readonly url: string;
  readonly close: () => Promise<unknown>;
  /** What else goes on beside the workers, until it is over. */
  readonly beside?: (over: AbortSignal, counts: Counts) => Promise<void>;
}

/** Workers on PostgreSQL, each with connections of its own, or on PGlite; and consumers of the queue beside them. */
export async function postgresStage(plan: Plan, own: PostgresPlan, ground: Ground): Promise<Stage> {
  const { database: calm, names } = ground;
  const isServer = ground.name === 'PostgreSQL';
  const faults: Faults = { plan, counts: new Counts(), underWay: new Set() };
  const opened: Database[] = [];
  const containers: Container[] = [];
  const hasQuarantine = plan.quarantine !== 'none';

  const containerOf = async (name: string): Promise<Container> => {
    const database = isServer ? await openDatabase({ url: urlOf(ground.url, own), connections: 3 }) : calm;
    if (isServer) opened.push(database);
    const container = containerOn(new FaultyDatabase(database, name, faults), names, hasQuarantine);
    containers.push(container);
    return container;
  };
  const consumers = await Promise.all(
    Array.from({ length: CONSUMERS }, (_, n) => containerOf(`consumer ${n}`)),
  );
  const workers = new Map<string, Container>();
  for (const name of ['strays', ...Array.from({ length: plan.lanes }, (_, n) => `lane ${n}`)])
    workers.set(name, await containerOf(name));
  const disturbance = { database: calm, names, counts: faults.counts, seed: plan.seed };

  return {
    // Its records are all that there is of it.
    table: { put: () => Promise.resolve(), remove: () => Promise.resolve() },
    poison: hasQuarantine ? POISON_KINDS : [],
    handlerOf: (name) =>
      handlerOf(streamWorker(workers.get(name)!), { failureMode: 'report', deadlineMarginMs: 0 }),
    beside: async (over) => {
      await Promise.all([
        ...consumers.map((container) => consume(container, over)),
        isServer && own.terminateEvery > 0 && terminateConnections(disturbance, own, over),
        isServer && own.lockEvery > 0 && lockRows(disturbance, own, over),
        ground.beside?.(over, faults.counts),
      ]);
    },
    settled: async () => {
      while (faults.underWay.size > 0) await Promise.allSettled(faults.underWay);
      await drained(calm, names);
    },
    drift: async (rows) => {
      const state = new PostgresDerivedState(calm, names, fleet.model);
      const { drift } = await verify(state, fleet);
      return [...drift, ...(await missingRows(state, rows))];
    },
    kept: async () => (hasQuarantine ? keptIn(calm, names) : undefined),
    get injected() {
      return faults.counts.all;
    },
    close: async () => {
      for (const container of containers) await container.unbindAllAsync();
      for (const database of opened) await database.close();
      await ground.close();
    },
  };
}

function containerOn(database: Database, names: Names, hasQuarantine: boolean): Container {
  const ports = new ContainerModule(({ bind }) => {
    bind(ImageRepository).toConstantValue(new PostgresImageRepository(database, names));
    bind(MatcherRepository).toConstantValue(new PostgresMatcherRepository(database, names));
    bind(DerivedRowRepository).toConstantValue(new PostgresDerivedRowRepository(database, names));
    bind(EffectLog).toConstantValue(new PostgresEffectLog(database, names));
    bind(TableGenerations).toConstantValue(new PostgresTableGenerations(database, names));
    bind(TableReplica).toConstantValue(new PostgresTableReplica(database, names, fleet.model));
    bind(SearchQueue).toConstantValue(new PostgresSearchQueue(database, names));
    bind(SearchIndex).toConstantValue(new PostgresSearchIndex(database, names));
    bind(SearchFences).toConstantValue(new PostgresSearchFences(database, names));
    bind(SourceRows).toConstantValue(new PostgresSourceRows(database, names));
    bind(SearchActionSource).toResolvedValue(
      (clock, sleeper) =>
        new PostgresSearchActionSource(database, names, { clock, sleeper, visibilityMs: VISIBILITY_MS }),
      [Clock, Sleeper],
    );
    if (hasQuarantine) bind(Quarantine).toConstantValue(new PostgresQuarantine(database, names));
    bind(Metrics).toConstantValue(new MemoryMetrics());
  });
  const silent = systemModule({ level: 'silent', stream: process.stderr, readable: false });
  return compose(ports, silent, indexDocumentsModule);
}

/** What the workers' sessions are like, which they did not choose. */
function urlOf(url: string, { isolation, statementTimeout }: PostgresPlan): string {
  const settings = {
    default_transaction_isolation: isolation.replace(' ', '\\ '),
    statement_timeout: statementTimeout,
    deadlock_timeout: '20ms',
  };
  const with_ = new URL(url);
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  with_.searchParams.set('options', options.join(' '));
  return with_.href.replaceAll('+', '%20');
}

/** Indexes what comes, whatever fails. */
async function consume(container: Container, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await indexing(container, over).catch(() => undefined);
    await sleep(20);
  }
}

function indexing(container: Container, stop?: AbortSignal): Promise<readonly Fault[]> {
  const [source, sleeper] = [container.get(SearchActionSource), container.get(Sleeper)];
  return indexAll({ source, sleeper, documents: container.get(IndexDocuments) }, stop);
}

/** Until nothing waits, those actions included that a consumer took and lost. */
async function drained(database: Database, names: Names): Promise<void> {
  const container = containerOn(database, names, false);
  // Nothing is under way any more: what was given back until its write can take effect no more need not be waited for.
  await database.query(
    `update ${names.search_actions} set visible_at = now() where not done and receipt is null`,
  );
  for (;;) {
    const refused = await indexing(container);
    if (refused[0] !== undefined) throw refused[0];
    const [waiting] = await database.query<{ count: number }>(
      `select count(*)::integer as count from ${names.search_actions} where not done`,
    );
    if (waiting?.count === 0) return;
    await sleep(50);
  }
}

async function keptIn(database: Database, names: Names): Promise<ReadonlyMap<string, string>> {
  const rows = await database.query<{ readonly sequence: string | null; readonly reason: string }>(
    `select source->>'sequenceNumber' as sequence, reason from ${names.quarantine}`,
  );
  return new Map(rows.map(({ sequence, reason }) => [sequence ?? '?', readText(reason)]));
}
