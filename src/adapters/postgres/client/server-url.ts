import { Fault } from '../../../domain/fault.ts';
import { TLS_VARIABLES, type TlsParameters } from './tls-parameters.ts';

/** What a URL says of a server. */
export interface ServerUrl {
  /** What to call it; never the URL itself, nor what an error says of it: it may hold a password. */
  readonly resource: string;
  /** The URL for `pg`: without what it says of TLS. */
  readonly url: string;
  readonly tls: TlsParameters;
  /** A socket of this machine: there is no TLS. */
  readonly isSocket: boolean;
}

const SERVER = /^postgres(?:ql)?:\/\//;
/** `pg` reads them otherwise than libpq. */
const OF_TLS = [...Object.keys(TLS_VARIABLES), 'ssl', 'uselibpqcompat'];

/**
 * @param given as the user has set it.
 * @param variable what gave the URL, for messages.
 * @throws Fault `configuration` for a URL that is none, or names no database.
 */
export function readServerUrl(given: string, variable: string): ServerUrl {
  const wrong = (problem: string) =>
    new Fault(
      'configuration',
      `${variable} ${problem}; set it to postgres://USER:PASSWORD@HOST:5432/DATABASE, to pglite:FOLDER for an embedded database, or to pglite: for one in memory`,
    );
  if (!SERVER.test(given)) throw wrong('is neither a postgres: nor a pglite: URL');
  // A user without a host, as for a socket, is libpq's, and no URL of the standard.
  const url = given.replace(/^([^/]*\/\/[^/@?#]*@)(?=\/)/, '$1localhost');
  if (!URL.canParse(url) || !isEncoded(new URL(url)))
    throw wrong('is no valid URL: signs such as @, /, # and % in a password must be percent-encoded');
  const parsed = new URL(url);
  const { hostname, port, pathname, searchParams } = parsed;
  const database = pathname.slice(1);
  if (database === '') throw wrong('names no database');
  const host = searchParams.get('host') ?? (hostname === '' ? 'localhost' : decodeURIComponent(hostname));
  const isSocket = host.startsWith('/');
  const tls = tlsIn(searchParams);
  for (const name of OF_TLS) searchParams.delete(name);
  return {
    resource: `database ${database} at ${host}${isSocket ? '' : `:${port === '' ? '5432' : port}`}`,
    url: parsed.href,
    ...{ tls, isSocket },
  };
}

function tlsIn(parameters: URLSearchParams): TlsParameters {
  const names = Object.keys(TLS_VARIABLES) as readonly (keyof TlsParameters)[];
  const given = names.flatMap((name) => {
    const value = parameters.get(name);
    return value === null || value === '' ? [] : [[name, value] as const];
  });
  // As JDBC has it, and libpq takes it.
  const fromSsl = parameters.get('ssl') === 'true' ? { sslmode: 'require' } : {};
  return { ...fromSsl, ...Object.fromEntries(given) };
}

/** Of `postgres://me:12/34@host/app`, which is valid, part of the password would be taken for the database, and cited. */
function isEncoded({ username, password, hostname, pathname, search, searchParams, hash }: URL): boolean {
  const hasOthers =
    /[@/]/.test(pathname.slice(1)) ||
    search.includes('@') ||
    [...searchParams.keys()].some((name) => name.includes('/'));
  try {
    return !hasOthers && hash === '' && decodeURIComponent(username + password + hostname + pathname) !== '';
  } catch {
    return false;
  }
}
