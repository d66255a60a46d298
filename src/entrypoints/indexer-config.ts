import type { TableModel } from '../domain/table-model.ts';
import { type Config, readConfig } from './config.ts';
import { type Environment, EnvironmentReader } from './environment-reader.ts';
import { Fault } from '../domain/fault.ts';

/** Which search engine documents go to. */
export interface TypesenseEngine {
  readonly kind: 'typesense';
  readonly url: string;
  /** The key, or the secret of AWS Secrets Manager or the file that it is the text of. */
  readonly key: { readonly apiKey: string } | { readonly secret: string } | { readonly file: string };
  /** Milliseconds without a byte of an answer until a request is given up. */
  readonly timeoutMs: number;
}

/** All settings of an indexer. */
export interface IndexerConfig extends Config {
  readonly engine: TypesenseEngine;
}

/**
 * Reads and checks the environment of an indexer: that of a worker, and where the search engine is.
 *
 * @throws Fault `configuration` that names every variable that is wrong or missing.
 */
export function readIndexerConfig(
  environment: Environment,
  model: Pick<TableModel, 'documents'>,
): IndexerConfig {
  const reader = new EnvironmentReader(environment);
  let config: Config | undefined;
  reader.passes(() => (config = readConfig(environment, model)));
  if (model.documents.length === 0)
    reader.problems.push('the definition derives no documents, so there is nothing to index');
  const engine = readTypesense(reader);
  reader.finish(undefined);
  if (config === undefined) throw new Fault('configuration', 'the environment cannot be read');
  return { ...config, engine };
}

/** Where Typesense is. Problems are the reader's. */
export function readTypesense(reader: EnvironmentReader): TypesenseEngine {
  const url = reader.required('TYPESENSE_URL', 'the URL of the search engine');
  reader.check('TYPESENSE_URL', {
    fits: (value) => {
      const parsed = URL.canParse(value) ? new URL(value) : undefined;
      return parsed !== undefined && /^https?:$/.test(parsed.protocol) && !parsed.username && !parsed.search;
    },
    expected: 'the URL of a server, like https://search.example.com:8108, without a user and a query',
  });
  const key = readKey(reader);
  const timeoutMs = reader.integer('TYPESENSE_TIMEOUT_MS', { min: 100, max: 25_000, fallback: 10_000 });
  return { kind: 'typesense', url, key, timeoutMs };
}

/** Where the key may be, and what each variable holds. */
const KEYS = {
  TYPESENSE_API_KEY_SECRET: 'the ARN of a secret that is the key',
  TYPESENSE_API_KEY_FILE: 'the path of a file that is the key',
  TYPESENSE_API_KEY: 'the key',
};

function readKey(reader: EnvironmentReader): TypesenseEngine['key'] {
  const names = Object.keys(KEYS) as (keyof typeof KEYS)[];
  const set = names.filter((name) => reader.optional(name) !== undefined);
  const [name] = set;
  const value = name === undefined ? '' : (reader.optional(name) ?? '');
  if (set.length !== 1)
    reader.problems.push(
      `${set.length === 0 ? `neither ${names.join(' nor ')} is` : `${set.join(' and ')} are`} set; set one: ${names
        .map((each) => `${each}, ${KEYS[each]}`)
        .join('; ')}`,
    );
  if (name === 'TYPESENSE_API_KEY_SECRET') return { secret: value };
  return name === 'TYPESENSE_API_KEY_FILE' ? { file: value } : { apiKey: value };
}
