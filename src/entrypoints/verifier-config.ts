import { VERIFY_DEFAULTS } from '../application/drift/verify-parts.ts';
import { Fault } from '../domain/fault.ts';
import type { TableModel } from '../domain/table-model.ts';
import { type AwsBackend, type Config, readConfig } from './config.ts';
import { type Environment, EnvironmentReader } from './environment-reader.ts';
import { readTypesense, type TypesenseEngine } from './indexer-config.ts';

/** All settings of a verifier on Lambda. */
export interface VerifierConfig extends Config {
  readonly backend: AwsBackend;
  /** Undefined for a definition without documents. */
  readonly engine: TypesenseEngine | undefined;
  /** How far apart two looks must be that find drift. */
  readonly settleMs: number;
}

/**
 * Reads and checks the environment of a verifier: that of a worker on AWS, and where the search engine is, if there are documents.
 *
 * @throws Fault `configuration` that names every variable that is wrong or missing.
 */
export function readVerifierConfig(
  environment: Environment,
  model: Pick<TableModel, 'documents'>,
): VerifierConfig {
  const reader = new EnvironmentReader(environment);
  let config: Config | undefined;
  reader.passes(() => (config = readConfig(environment, model)));
  const engine = model.documents.length === 0 ? undefined : readTypesense(reader);
  const settle = reader.integer('VERIFY_SETTLE_SECONDS', {
    min: 0,
    max: 600,
    fallback: VERIFY_DEFAULTS.settleMs / 1_000,
  });
  reader.finish(undefined);
  if (config === undefined) throw new Fault('configuration', 'the environment cannot be read');
  const { backend } = config;
  if (backend.kind !== 'aws')
    throw new Fault(
      'configuration',
      `BACKEND is ${backend.kind}, but the verifier of Lambda compares tables of DynamoDB: set aws`,
    );
  return { ...config, backend, engine, settleMs: settle * 1_000 };
}
