import type { Clock } from '../../application/ports/clock.ts';
import type { DerivedListing } from '../../application/ports/derived-listing.ts';
import type { DerivedState } from '../../application/ports/derived-state.ts';
import type { ImageRepository } from '../../application/ports/image-repository.ts';
import type { KeptChanges } from '../../application/ports/kept-changes.ts';
import type { Notes } from '../../application/ports/notes.ts';
import type { ParkedItems } from '../../application/ports/parked-items.ts';
import type { Quarantine } from '../../application/ports/quarantine.ts';
import type { SearchActionSource } from '../../application/ports/search-action-source.ts';
import type { SearchBacklog } from '../../application/ports/search-backlog.ts';
import type { SearchFences } from '../../application/ports/search-fences.ts';
import type { SearchIndex } from '../../application/ports/search-index.ts';
import type { SearchQueue } from '../../application/ports/search-queue.ts';
import type { ShardStates } from '../../application/ports/shard-states.ts';
import type { Sleeper } from '../../application/ports/sleeper.ts';
import type { SourceRows } from '../../application/ports/source-rows.ts';
import type { TableReplica } from '../../application/ports/table-replica.ts';
import type { TableScan } from '../../application/ports/table-scan.ts';
import type { DocumentKey } from '../../domain/search-document.ts';
import type { TableModel } from '../../domain/table-model.ts';
import type { DerivedRowRepository } from '../../application/ports/derived-row-repository.ts';
import type { EffectLog } from '../../application/ports/effect-log.ts';
import type { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import type { TableGenerations } from '../../application/ports/table-generations.ts';
import type { Database } from './client/database.ts';
import { type DatabaseOptions, openDatabase } from './client/open-database.ts';
import { PostgresDerivedState } from './derived/postgres-derived-state.ts';
import { PostgresDerivedListing } from './listing/postgres-derived-listing.ts';
import { PostgresNotes } from './notes/postgres-notes.ts';
import { PostgresKeptChanges } from './parking/postgres-kept-changes.ts';
import { PostgresParkedItems } from './parking/postgres-parked-items.ts';
import { PostgresImageRepository } from './pointers/postgres-image-repository.ts';
import { purgeExpired } from './purge-expired.ts';
import { PostgresQuarantine } from './quarantine/postgres-quarantine.ts';
import { PostgresSearchActionSource } from './queue/postgres-search-action-source.ts';
import { PostgresSearchBacklog } from './queue/postgres-search-backlog.ts';
import { PostgresSearchQueue } from './queue/postgres-search-queue.ts';
import { PostgresSourceRows } from './replica/postgres-source-rows.ts';
import { PostgresTableReplica } from './replica/postgres-table-replica.ts';
import { PostgresTableScan } from './replica/postgres-table-scan.ts';
import { PostgresSearch } from './search/postgres-search.ts';
import { PostgresSearchFences } from './search/postgres-search-fences.ts';
import { PostgresSearchIndex } from './search/postgres-search-index.ts';
import { PostgresEffectLog } from './effects/postgres-effect-log.ts';
import { PostgresTableGenerations } from './generations/postgres-table-generations.ts';
import { PostgresMatcherRepository } from './matcher/postgres-matcher-repository.ts';
import { PostgresDerivedRowRepository } from './rows/postgres-derived-row-repository.ts';
import { PostgresShardStates } from './shards/postgres-shard-states.ts';
import { checkForm, migrate } from './schema/migrate.ts';
import { type Names, type Naming, namesOf } from './schema/names.ts';

/** Where everything is kept, and how it is reached. */
export type PostgresSettings = DatabaseOptions & Naming;

/** A database, and what a worker has in it. */
export interface PostgresParts {
  readonly database: Database;
  readonly names: Names;
  readonly matcher: MatcherRepository;
  readonly derivedRows: DerivedRowRepository;
  readonly effects: EffectLog;
  readonly generations: TableGenerations;
  readonly images: ImageRepository;
  readonly queue: SearchQueue;
  readonly actions: SearchActionSource;
  readonly backlog: SearchBacklog;
  readonly index: SearchIndex;
  readonly fences: SearchFences;
  readonly search: PostgresSearch;
  readonly sourceRows: SourceRows;
  readonly quarantine: Quarantine;
  readonly replica: TableReplica;
  readonly state: DerivedState;
  /** Lists what a definition derives. */
  readonly listingOf: (model: TableModel) => DerivedListing;
  readonly shards: ShardStates;
  readonly scan: TableScan;
  readonly notes: Notes;
  readonly parkedItems: ParkedItems;
  readonly keptChanges: KeptChanges;
  /** Closes the database, once what runs on it is done. */
  close(): Promise<void>;
}

/** What the parts need of a worker. */
export interface WorkerOfParts {
  readonly model: TableModel;
  readonly clock: Clock;
  readonly sleeper: Sleeper;
  /** For how long search actions stay hidden that somebody has. */
  readonly visibilityMs: number;
  /** Told how many search actions the queue has taken, repeats not counted. */
  readonly onSent?: (actions: number) => void;
  /** Told of each search action that is a dead letter because its receivers ended, one after the other. */
  readonly onDied?: (key: DocumentKey, reason: string) => void;
}

/** How often what is remembered of rows and documents that were removed long ago is deleted. */
const PURGE_MS = 60 * 60 * 1_000;

/**
 * Opens a database, brings its tables to the form that this version works with, and keeps them from growing. Close it in the end.
 *
 * @throws Fault when it cannot be opened or brought there.
 */
export async function openBackend(
  settings: PostgresSettings,
  { model, clock, sleeper, visibilityMs, onSent, onDied }: WorkerOfParts,
): Promise<PostgresParts> {
  const { database, names } = await openPrepared(settings);
  const purge = () => {
    // What fails is done an hour later: until then there is only more of it.
    purgeExpired(database, names).catch(() => undefined);
  };
  purge();
  const purging = setInterval(purge, PURGE_MS).unref();
  return {
    database,
    names,
    matcher: new PostgresMatcherRepository(database, names),
    derivedRows: new PostgresDerivedRowRepository(database, names),
    effects: new PostgresEffectLog(database, names),
    generations: new PostgresTableGenerations(database, names),
    images: new PostgresImageRepository(database, names),
    queue: new PostgresSearchQueue(database, names, onSent),
    actions: new PostgresSearchActionSource(database, names, { clock, sleeper, visibilityMs, onDied }),
    backlog: new PostgresSearchBacklog(database, names),
    index: new PostgresSearchIndex(database, names),
    fences: new PostgresSearchFences(database, names),
    search: new PostgresSearch(database, names),
    sourceRows: new PostgresSourceRows(database, names),
    quarantine: new PostgresQuarantine(database, names),
    replica: new PostgresTableReplica(database, names, model),
    state: new PostgresDerivedState(database, names, model),
    listingOf: (ofModel) => new PostgresDerivedListing(database, names, ofModel),
    shards: new PostgresShardStates(database, names),
    scan: new PostgresTableScan(database, names),
    notes: new PostgresNotes(database, names),
    parkedItems: new PostgresParkedItems(database, names),
    keptChanges: new PostgresKeptChanges(database, names),
    close: () => {
      clearInterval(purging);
      return database.close();
    },
  };
}

/** Works with what is noted of tables and streams in a database, apart from any worker. */
export async function inState<T>(
  settings: PostgresSettings,
  work: (state: Pick<PostgresParts, 'generations' | 'shards'>) => Promise<T>,
): Promise<T> {
  const { database, names } = await openPrepared(settings);
  try {
    return await work({
      generations: new PostgresTableGenerations(database, names),
      shards: new PostgresShardStates(database, names),
    });
  } finally {
    await database.close();
  }
}

/**
 * Searches the documents in a database, apart from any worker.
 *
 * @throws Fault `configuration` where its tables are not there, or not of this version's form: nothing is made.
 */
export async function inSearch<T>(
  settings: PostgresSettings,
  work: (search: PostgresSearch) => Promise<T>,
): Promise<T> {
  const names = namesOf(settings);
  const database = await openDatabase({ ...settings, isThere: true });
  try {
    await checkForm(database, names);
    return await work(new PostgresSearch(database, names));
  } finally {
    await database.close();
  }
}

async function openPrepared(settings: PostgresSettings): Promise<Pick<PostgresParts, 'database' | 'names'>> {
  const names = namesOf(settings);
  const database = await openDatabase(settings);
  try {
    await migrate(database, names);
    return { database, names };
  } catch (error) {
    await database.close();
    throw error;
  }
}
