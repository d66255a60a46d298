/** What libpq calls them in a URL; each of them has a variable as well. */
export const TLS_VARIABLES = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
} as const;

/** What is said of TLS, by libpq's names; each may be missing. */
export type TlsParameters = Partial<Readonly<Record<keyof typeof TLS_VARIABLES, string>>>;
