/** What stands behind an error of PostgreSQL, or of the way to it. */
export type Problem =
  /** Others were at work on the same rows at the same moment: nothing was done. */
  | 'conflict'
  /** The connection was lost, or the server goes down, comes up, or has no room: later it will do. */
  | 'transient'
  | 'disk'
  /** Who asks is unknown, or may not connect from there. */
  | 'authentication'
  /** There is no database of that name. */
  | 'database'
  /** Who asks may not do what was asked. */
  | 'permission'
  /** Tables, columns or functions are not there, or not as they were made. */
  | 'schema'
  /** Nothing can be written: a replica. */
  | 'readOnly'
  /** What answers cannot do what was asked: it is another version, or something else than PostgreSQL. */
  | 'unsupported'
  | 'tls'
  | 'unreachable'
  /** A value that PostgreSQL does not take. */
  | 'data';

/** By the code, or by its class, which is its first two characters. The code goes first. */
const PROBLEMS: Readonly<Record<string, Problem>> = {
  '08': 'transient',
  '0A': 'unsupported',
  '21': 'data',
  '22': 'data',
  '23': 'data',
  '25': 'transient',
  '25006': 'readOnly',
  '28': 'authentication',
  '3D': 'database',
  '3F': 'schema',
  '40': 'conflict',
  // What was asked may have been done.
  '40003': 'transient',
  '42': 'schema',
  '42501': 'permission',
  '53': 'transient',
  '53100': 'disk',
  '54': 'data',
  '55P03': 'conflict',
  '55006': 'transient',
  '55000': 'transient',
  '57': 'transient',
  '58': 'transient',
  XX: 'transient',
  ECONNREFUSED: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOENT: 'unreachable',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  CERT_HAS_EXPIRED: 'tls',
  CERT_NOT_YET_VALID: 'tls',
  CERT_REVOKED: 'tls',
  CERT_SIGNATURE_FAILURE: 'tls',
  CERT_UNTRUSTED: 'tls',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls',
};

/** What clients say without a code. */
const MESSAGES: readonly (readonly [said: RegExp, problem: Problem])[] = [
  [/does not support SSL|establishing an SSL connection/i, 'tls'],
  // Also what the server says of a certificate: an alert.
  [/alert number|PEM routines|key values mismatch|(?:SSL|TLS) alert/i, 'tls'],
  [/client password must be a string|no pg_hba\.conf entry|SASL/i, 'authentication'],
];

/** The problem that an error tells of; undefined where nothing is known of it. */
export function problemOf(code: string | undefined, message: string): Problem | undefined {
  const known = code === undefined ? undefined : (PROBLEMS[code] ?? PROBLEMS[code.slice(0, 2)]);
  return known ?? MESSAGES.find(([said]) => said.test(message))?.[1];
}
