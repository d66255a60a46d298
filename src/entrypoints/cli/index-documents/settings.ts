import type { Logger } from '../../../application/ports/logger.ts';
import { Fault } from '../../../domain/fault.ts';
import { searchSchemas } from '../../../domain/search-schemas.ts';
import type { TableModel } from '../../../domain/table-model.ts';
import { typesenseClient } from '../../composition/indexer.ts';
import {
  type AwsBackend,
  type Config,
  IN_MEMORY_URL,
  NOTHING_IN_MEMORY,
  type PostgresBackend,
  readConfig,
  SEARCH_FOLDER_VARIABLE,
} from '../../config.ts';
import { type Environment, EnvironmentReader } from '../../environment-reader.ts';
import { readTypesense, type TypesenseEngine } from '../../indexer-config.ts';
import type { Engine } from './engine.ts';
import { folderEngine } from './folder-engine.ts';
import { typesenseEngine } from './typesense-engine.ts';

/** A search engine apart from the backend. */
export type EngineSettings = TypesenseEngine | { readonly kind: 'folder'; readonly folder: string };

/** Where documents go that come out of the queue: the database that the queue is in, where no engine is named. */
export type IndexedPlace = EngineSettings | { readonly kind: 'database' };

/** The environment as the options have it: a folder that is named stands for everything that names an engine. */
export function withFolder(environment: Environment, folder: string | undefined): Environment {
  return folder === undefined
    ? environment
    : { ...environment, [SEARCH_FOLDER_VARIABLE]: folder, TYPESENSE_URL: undefined };
}

/** @throws Fault `configuration` that names every variable that is wrong or missing. */
export function readEngine(environment: Environment): EngineSettings {
  const reader = new EnvironmentReader(environment);
  return reader.finish(engineIn(reader));
}

function engineIn(reader: EnvironmentReader): EngineSettings {
  const folder = reader.optional(SEARCH_FOLDER_VARIABLE);
  if (folder === undefined && !reader.isSet('TYPESENSE_URL')) {
    const itself =
      reader.optional('BACKEND') === 'postgres'
        ? '; documents in PostgreSQL itself are filled by contrail backfill'
        : '';
    reader.problems.push(
      `neither TYPESENSE_URL nor ${SEARCH_FOLDER_VARIABLE} is set; set one: the URL of Typesense, or the folder of the embedded engine${itself}`,
    );
    return { kind: 'folder', folder: '' };
  }
  if (folder === undefined) return readTypesense(reader);
  if (reader.isSet('TYPESENSE_URL'))
    reader.problems.push(
      `both TYPESENSE_URL and ${SEARCH_FOLDER_VARIABLE} are set; leave one out, or name the folder by --folder`,
    );
  return { kind: 'folder', folder };
}

/** What it takes to drain the queue. */
export interface DrainSettings {
  readonly config: Config;
  readonly backend: AwsBackend | PostgresBackend;
  readonly engine: IndexedPlace;
}

/** @throws Fault `configuration` that names every variable that is wrong or missing. */
export function readDrainSettings(environment: Environment, model: TableModel): DrainSettings {
  const reader = new EnvironmentReader(environment);
  if (model.documents.length === 0)
    reader.problems.push('the definition derives no documents, so there is nothing to index');
  const isDatabase =
    reader.optional('BACKEND') === 'postgres' &&
    !reader.isSet('TYPESENSE_URL') &&
    !reader.isSet(SEARCH_FOLDER_VARIABLE);
  const engine = isDatabase ? ({ kind: 'database' } as const) : engineIn(reader);
  let config: Config | undefined;
  reader.passes(() => (config = readConfig(environment, model)));
  const backend = config?.backend;
  if (reader.problems.length > 0 && reader.isSet('DATABASE_URL') && !reader.isSet('BACKEND'))
    reader.problems.push(
      'DATABASE_URL is set, and BACKEND is not; set it to postgres to drain the queue of that database',
    );
  if (backend?.kind === 'memory')
    reader.problems.push(
      'BACKEND is memory, where no other process has a queue; leave it out, or set it to aws or postgres',
    );
  if (backend?.kind === 'postgres' && backend.url === IN_MEMORY_URL) reader.problems.push(NOTHING_IN_MEMORY);
  reader.finish(undefined);
  if (config === undefined || backend === undefined || backend.kind === 'memory')
    throw new Fault('configuration', 'the environment cannot be read');
  return { config, backend, engine };
}

/** @throws Fault `configuration` where the engine cannot be used, or a collection has no schema that it needs. */
export async function openEngine(
  settings: EngineSettings,
  { documents }: TableModel,
  logger: Logger,
): Promise<Engine> {
  if (settings.kind === 'folder')
    return folderEngine(settings.folder, (message) => logger.log('warn', message, {}));
  return typesenseEngine(typesenseClient(settings), searchSchemas(documents), stamp);
}

/** The time, in digits: names that sort by it. */
function stamp(): string {
  return new Date().toISOString().replaceAll(/\D/g, '');
}
