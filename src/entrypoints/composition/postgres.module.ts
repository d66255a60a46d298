import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { MemoryMetrics } from '../../adapters/memory/memory-metrics.ts';
import type { Database } from '../../adapters/postgres/client/database.ts';
import { preparedDatabase } from '../../adapters/postgres/client/prepared-database.ts';
import { PostgresDerivedState } from '../../adapters/postgres/derived/postgres-derived-state.ts';
import { PostgresEffectLog } from '../../adapters/postgres/effects/postgres-effect-log.ts';
import { PostgresTableGenerations } from '../../adapters/postgres/generations/postgres-table-generations.ts';
import { PostgresMatcherRepository } from '../../adapters/postgres/matcher/postgres-matcher-repository.ts';
import { PostgresImageRepository } from '../../adapters/postgres/pointers/postgres-image-repository.ts';
import { PostgresQuarantine } from '../../adapters/postgres/quarantine/postgres-quarantine.ts';
import { PostgresSearchActionSource } from '../../adapters/postgres/queue/postgres-search-action-source.ts';
import { PostgresSearchQueue } from '../../adapters/postgres/queue/postgres-search-queue.ts';
import { PostgresSourceRows } from '../../adapters/postgres/replica/postgres-source-rows.ts';
import { PostgresTableReplica } from '../../adapters/postgres/replica/postgres-table-replica.ts';
import { PostgresDerivedRowRepository } from '../../adapters/postgres/rows/postgres-derived-row-repository.ts';
import { namesOf } from '../../adapters/postgres/schema/names.ts';
import { PostgresSearchFences } from '../../adapters/postgres/search/postgres-search-fences.ts';
import { PostgresSearchIndex } from '../../adapters/postgres/search/postgres-search-index.ts';
import { Clock } from '../../application/ports/clock.ts';
import { DerivedRowRepository } from '../../application/ports/derived-row-repository.ts';
import { DerivedState } from '../../application/ports/derived-state.ts';
import { EffectLog } from '../../application/ports/effect-log.ts';
import { ImageRepository } from '../../application/ports/image-repository.ts';
import { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import { Metrics } from '../../application/ports/metrics.ts';
import { Quarantine } from '../../application/ports/quarantine.ts';
import { SearchActionSource } from '../../application/ports/search-action-source.ts';
import { SearchFences } from '../../application/ports/search-fences.ts';
import { SearchIndex } from '../../application/ports/search-index.ts';
import { SearchQueue } from '../../application/ports/search-queue.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import { SourceRows } from '../../application/ports/source-rows.ts';
import { TableGenerations } from '../../application/ports/table-generations.ts';
import { TableReplica } from '../../application/ports/table-replica.ts';
import type { PostgresBackend } from '../config.ts';
import { TABLE_MODEL } from './table-model.ts';

/** An interface, which cannot be its own token. */
export const DATABASE: ServiceIdentifier<Database> = Symbol('Database');

/**
 * `BACKEND=postgres`: everything in PostgreSQL. The database is opened, and its tables are made, when something is first asked of it; `pg` or
 * PGlite is loaded by then. It is closed with the container.
 */
export function postgresModule({
  databaseUrl: url,
  connections,
  hasQuarantine,
  ...naming
}: PostgresBackend): ContainerModule {
  const names = namesOf(naming);
  return new ContainerModule(({ bind, onDeactivation }) => {
    bind(DATABASE).toResolvedValue(() => preparedDatabase({ url, connections }, names), []);
    onDeactivation(DATABASE, (database) => database.close());

    bind(Metrics).toResolvedValue(() => new MemoryMetrics(), []);
    bind(TableReplica).toResolvedValue(
      (database, model) => new PostgresTableReplica(database, names, model),
      [DATABASE, TABLE_MODEL],
    );
    bind(ImageRepository).toResolvedValue(
      (database) => new PostgresImageRepository(database, names),
      [DATABASE],
    );
    bind(MatcherRepository).toResolvedValue(
      (database) => new PostgresMatcherRepository(database, names),
      [DATABASE],
    );
    bind(DerivedRowRepository).toResolvedValue(
      (database) => new PostgresDerivedRowRepository(database, names),
      [DATABASE],
    );
    bind(EffectLog).toResolvedValue((database) => new PostgresEffectLog(database, names), [DATABASE]);
    bind(TableGenerations).toResolvedValue(
      (database) => new PostgresTableGenerations(database, names),
      [DATABASE],
    );
    bind(SearchQueue).toResolvedValue((database) => new PostgresSearchQueue(database, names), [DATABASE]);
    bind(SearchActionSource).toResolvedValue(
      (database, clock, sleeper) => new PostgresSearchActionSource(database, names, { clock, sleeper }),
      [DATABASE, Clock, Sleeper],
    );
    bind(SearchIndex).toResolvedValue((database) => new PostgresSearchIndex(database, names), [DATABASE]);
    bind(SearchFences).toResolvedValue((database) => new PostgresSearchFences(database, names), [DATABASE]);
    bind(SourceRows).toResolvedValue((database) => new PostgresSourceRows(database, names), [DATABASE]);
    bind(DerivedState).toResolvedValue(
      (database, model) => new PostgresDerivedState(database, names, model),
      [DATABASE, TABLE_MODEL],
    );
    if (hasQuarantine)
      bind(Quarantine).toResolvedValue((database) => new PostgresQuarantine(database, names), [DATABASE]);
  });
}
