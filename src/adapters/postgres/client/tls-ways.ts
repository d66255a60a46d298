import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { Fault } from '../../../domain/fault.ts';
import type { TlsParameters } from './tls-parameters.ts';

/** How a connection is made: `false` without TLS. */
export type Way = false | ConnectionOptions;

const MODES: Readonly<Record<string, readonly ('plain' | 'encrypted')[]>> = {
  disable: ['plain'],
  allow: ['plain', 'encrypted'],
  prefer: ['encrypted', 'plain'],
  require: ['encrypted'],
  'verify-ca': ['encrypted'],
  'verify-full': ['encrypted'],
};

/** Those that Node trusts. */
const SYSTEM = 'system';

/**
 * The ways to connect, in the order in which they are tried, as libpq means it: `prefer` unless given, and a root certificate that is there is
 * checked against in every mode, with the host's name only in `verify-full`. Other than in libpq, a file that is named must be there.
 *
 * @throws Fault `configuration`; its message does not say which setting has the parameters.
 */
export async function waysToConnect(given: TlsParameters): Promise<readonly Way[]> {
  const mode = given.sslmode ?? (given.sslrootcert === SYSTEM ? 'verify-full' : 'prefer');
  const ways = MODES[mode];
  if (ways === undefined) throw wrong(`sslmode is none of ${Object.keys(MODES).join(', ')}`);
  if (!ways.includes('encrypted')) return [false];
  if (given.sslrootcert === SYSTEM && mode !== 'verify-full')
    throw wrong(
      `sslmode=${mode} with sslrootcert=system would trust whoever has any certificate: use verify-full`,
    );
  const [ca, cert, key] = await Promise.all([
    given.sslrootcert === SYSTEM ? undefined : fileOf(given.sslrootcert, 'root.crt'),
    fileOf(given.sslcert, 'postgresql.crt'),
    fileOf(given.sslkey, 'postgresql.key'),
  ]);
  const isVerified = ca !== undefined || given.sslrootcert === SYSTEM;
  if (!isVerified && mode.startsWith('verify-'))
    throw wrong(
      `sslmode=${mode} needs to know whom to trust: set sslrootcert=FILE to the certificate of the authority, or sslrootcert=system`,
    );
  const encrypted: ConnectionOptions = {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(cert && key && { key }),
    rejectUnauthorized: isVerified,
    ...(mode !== 'verify-full' && { checkServerIdentity: () => undefined }),
  };
  return ways.map((way) => way === 'encrypted' && encrypted);
}

/** A file that is named, or the one that libpq looks for, where that is there. */
async function fileOf(named: string | undefined, usual: string): Promise<string | undefined> {
  try {
    return await readFile(named ?? join(homedir(), '.postgresql', usual), 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (named === undefined && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
    throw wrong(message, error);
  }
}

function wrong(problem: string, cause?: unknown): Fault {
  return new Fault('configuration', problem, { cause });
}
