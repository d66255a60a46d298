import type { ClientConfig } from 'pg';
import { Fault } from '../../../domain/fault.ts';
import type { Database } from './database.ts';
import { notInstalled } from './not-installed.ts';
import { ServerDatabase } from './server-database.ts';
import { readServerUrl } from './server-url.ts';
import { SeveralWaysPool } from './several-ways-pool.ts';
import type { TlsParameters } from './tls-parameters.ts';
import { type Way, waysToConnect } from './tls-ways.ts';

/** Longer than a server lets a statement wait for others, unless it has been told otherwise: then it is not there any more. */
const ANSWER_MS = 60_000;
const CONNECT_MS = 10_000;

export interface ServerOptions {
  /** What gave the URL, for messages. */
  readonly variable: string;
  readonly connections: number;
  /** Where the URL says nothing. */
  readonly tls: TlsParameters;
}

/**
 * A server's database, which is connected to when it is first asked.
 *
 * @throws Fault `configuration` for a URL that is none, a package that is not installed, or a wrong setting of TLS.
 */
export async function openServer(
  given: string,
  { variable, connections, tls: variables }: ServerOptions,
): Promise<Database> {
  const { resource, url, tls, isSocket } = readServerUrl(given, variable);
  const ways = isSocket ? [false as const] : await waysOf({ ...variables, ...tls }, resource, variable);
  const { Client, Pool } = await import('pg').catch(notInstalled('pg'));
  const client: ClientConfig = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    application_name: 'contrail',
  };
  const pools = ways.map(
    (ssl) =>
      new Pool({
        ...{ ...client, ssl, max: connections },
        // An idle connection keeps no process from ending.
        allowExitOnIdle: true,
      }),
  );
  const pool = new SeveralWaysPool(pools);
  return new ServerDatabase(
    pool,
    { resource, variable },
    () => new Client({ ...client, ssl: ways[pool.kept] }),
  );
}

async function waysOf(given: TlsParameters, resource: string, variable: string): Promise<readonly Way[]> {
  try {
    return await waysToConnect(given);
  } catch (error) {
    if (!Fault.is(error)) throw error;
    throw new Fault(
      'configuration',
      `${resource}: ${error.message}; check ${variable}, and the files that it names, or those of PGSSLMODE, PGSSLROOTCERT, PGSSLCERT and PGSSLKEY`,
      { cause: error.cause },
    );
  }
}
