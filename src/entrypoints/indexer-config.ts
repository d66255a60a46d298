import type { TableModel } from '../domain/table-model.ts';
import { type Config, readConfig } from './config.ts';
import { type Environment, EnvironmentReader } from './environment-reader.ts';
import { Fault } from '../domain/fault.ts';

/** Which search engine documents go to. */
export interface TypesenseEngine {
  readonly kind: 'typesense';
  readonly url: string;
  /** The key, or the secret of AWS Secrets Manager that it is the text of. */
  readonly key: { readonly apiKey: string } | { readonly secret: string };
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
  const [apiKey, secret] = [
    reader.optional('TYPESENSE_API_KEY'),
    reader.optional('TYPESENSE_API_KEY_SECRET'),
  ];
  if ((apiKey === undefined) === (secret === undefined))
    reader.problems.push(
      `${apiKey === undefined ? 'neither' : 'both'} TYPESENSE_API_KEY_SECRET ${apiKey === undefined ? 'nor' : 'and'} TYPESENSE_API_KEY ${
        apiKey === undefined ? 'is' : 'are'
      } set; set one: the ARN of a secret that is the key, or the key`,
    );
  const timeoutMs = reader.integer('TYPESENSE_TIMEOUT_MS', { min: 100, max: 25_000, fallback: 10_000 });
  return {
    kind: 'typesense',
    url,
    key: secret === undefined ? { apiKey: apiKey ?? '' } : { secret },
    timeoutMs,
  };
}
