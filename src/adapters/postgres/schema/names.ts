import { Fault } from '../../../domain/fault.ts';
import { hashedKey } from '../values/hashed-key.ts';

/** Where the tables are, as the user has chosen. */
export interface Naming {
  /** The schema that they are in; `contrail`, unless given. */
  readonly schema?: string | undefined;
  /** What the name of each begins with; nothing, unless given. */
  readonly prefix?: string | undefined;
}

/** Tables, and a view. */
export const TABLES = [
  'migrations',
  'states',
  'counts',
  'derived_rows',
  'table_generations',
  'source_rows',
  'pointers',
  'documents',
  'search_actions',
  'dead_letters',
  'search_fences',
  'quarantine',
  'stream_shards',
  'stream_gaps',
  'notes',
  'parked_items',
  'kept_changes',
] as const;

export type TableName = (typeof TABLES)[number];

/** Schema, and names in it, as they stand in statements: with the schema, and quoted. */
export interface Names extends Readonly<Record<TableName, string>> {
  /** The schema, quoted. */
  readonly schema: string;
  /** The same, as a text. */
  readonly schemaName: string;
  readonly prefix: string;
  /** What listeners are told on that search actions were sent. */
  readonly channel: string;
  /** Of what has no entry here: a function, with its schema. */
  qualified(name: string): string;
  /** Of an index, which is in the schema of its table: without it. */
  local(name: string): string;
}

/** Lower case only: what is quoted here, nobody must quote elsewhere. */
const IDENTIFIER = /^[a-z_][a-z0-9_]*$/;
/** PostgreSQL's own: an upgrade of the server would leave behind what is in them. */
const OWN = /^(?:pg_|information_schema$)/;
/** PostgreSQL cuts longer names off, so that two could become one. */
const LONGEST = 63;
/** Room for the longest name of a table or index here. */
const LONGEST_PREFIX = 24;

/** @throws Fault `configuration` for a name that would need quotes, or is too long. */
export function namesOf({ schema = 'contrail', prefix = '' }: Naming = {}): Names {
  if (!IDENTIFIER.test(schema) || schema.length > LONGEST || OWN.test(schema))
    throw unfit(
      'schema',
      schema,
      `at most ${LONGEST}`,
      ', and be none of PostgreSQL’s own, as pg_… and information_schema are',
    );
  if (prefix !== '' && (!IDENTIFIER.test(prefix) || prefix.length > LONGEST_PREFIX))
    throw unfit('prefix', prefix, `at most ${LONGEST_PREFIX}`);
  const local = (name: string) => `"${prefix}${name}"`;
  const qualified = (name: string) => `"${schema}".${local(name)}`;
  const tables = Object.fromEntries(TABLES.map((name) => [name, qualified(name)])) as Record<
    TableName,
    string
  >;
  // Names may be longer than that of a channel.
  const channel = `contrail_${hashedKey(schema, prefix).slice(2, 34)}`;
  return { ...tables, channel, schema: `"${schema}"`, schemaName: schema, prefix, qualified, local };
}

function unfit(what: string, name: string, length: string, more = ''): Fault {
  return new Fault(
    'configuration',
    `the ${what} of the database's tables is ${JSON.stringify(name.slice(0, 80))}, but must have lower-case letters, digits and _ only, ` +
      `${length} of them, no digit at its start${more}`,
    { reason: `the ${what} of the database's tables is no name that needs no quotes` },
  );
}
