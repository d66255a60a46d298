import type { SearchIndex } from '../../src/application/ports/search-index.ts';
import { TypesenseClient } from '../../src/adapters/typesense/typesense-client.ts';
import { TypesenseSearchIndex } from '../../src/adapters/typesense/typesense-search-index.ts';
import { searchSchemas } from '../../src/domain/search-schemas.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { type LocalServers, workerEnvironment } from '../servers/servers.ts';
import { TypesenseLocal } from '../typesense/typesense-local.ts';
import { runContrail } from './run-contrail.ts';

/** A server of Typesense: the one that is named, or one that stands for it. */
export interface SearchServer {
  readonly url: string;
  readonly apiKey: string;
  readonly isReal: boolean;
  /** Reads what it has. */
  readonly index: SearchIndex;
  stop(): Promise<void>;
}

/** @param environment may name a server by TYPESENSE_URL and TYPESENSE_API_KEY: both, or the stand-in is started. */
export async function startSearchServer(environment: NodeJS.ProcessEnv): Promise<SearchServer> {
  const { TYPESENSE_URL: url, TYPESENSE_API_KEY: apiKey } = environment;
  const isReal = Boolean(url && apiKey);
  const local = isReal ? undefined : await TypesenseLocal.start();
  const reached = { url: local?.url ?? url ?? '', apiKey: local?.apiKey ?? apiKey ?? '' };
  return {
    ...reached,
    isReal,
    index: new TypesenseSearchIndex(new TypesenseClient(reached), searchSchemas(fleet.model.documents)),
    stop: async () => local?.stop(),
  };
}

/** The environment of `contrail index` on these servers. */
export function indexerEnvironment(
  servers: LocalServers,
  { url, apiKey }: Pick<SearchServer, 'url' | 'apiKey'>,
): Record<string, string> {
  return {
    ...workerEnvironment(servers),
    PATH: process.env['PATH'] ?? '',
    LOG_LEVEL: 'error',
    // Each would begin with it.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    TYPESENSE_URL: url,
    TYPESENSE_API_KEY: apiKey,
  };
}

/** What `contrail index --report json` says. */
export interface IndexReport {
  readonly received: number;
  readonly written: number;
  readonly deleted: number;
  readonly givenBack: number;
  readonly seconds: number;
}

/**
 * Drains the queue by `contrail index`, a process of its own, as it is built.
 *
 * @throws Error with what it said, when it ends otherwise than well.
 */
export async function indexOnce(environment: Record<string, string>): Promise<IndexReport> {
  const args = ['index', '--create', '--once', '--report', 'json'];
  return JSON.parse(await runContrail(args, environment)) as IndexReport;
}
