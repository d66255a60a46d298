import { SHARED } from '../../../application/doctor/checks/function.ts';
import type { Wanted } from '../../../application/doctor/check.ts';
import type { Gatherers } from '../../../application/doctor/examine.ts';
import { LambdaFacts } from '../../../adapters/aws/doctor/lambda-facts.ts';
import { Fault } from '../../../domain/fault.ts';
import type { TableModel } from '../../../domain/table-model.ts';
import { filterCriteria, filtersOf, MOST_FILTERS } from '../../deployment/filters.ts';
import { type Environment, EnvironmentReader } from '../../environment-reader.ts';
import { gatherersOf } from './gatherers.ts';
import type { DoctorCommandOptions } from './run-doctor.ts';
import { TimeLimited } from './time-limited.ts';

/** A deployment that is to be looked at. */
export interface Deployment {
  readonly gatherers: Gatherers;
  readonly wanted: Wanted;
  readonly close: () => Promise<void>;
}

/**
 * What is to be looked at, by the options and the environment; what neither says, by the variables of the function that is named.
 *
 * @throws Fault `configuration` where the backend is one that no other process can look at.
 */
export async function openDeployment(
  model: TableModel,
  given: Environment,
  options: DoctorCommandOptions,
): Promise<Deployment> {
  const limit = new TimeLimited(options.timeout * 1_000);
  const lambda = new LambdaFacts();
  const { function: named } = options;
  const worker =
    named === undefined ? undefined : limit.once((signal) => lambda.functionNamed(named, signal));
  const environment = { ...(await variablesOf(worker)), ...set(given) };
  const reader = new EnvironmentReader(environment);
  const backend = reader.finish(reader.enum('BACKEND', ['aws', 'postgres', 'memory'] as const, 'aws'));
  if (backend === 'memory')
    throw new Fault(
      'configuration',
      'BACKEND is memory, where no other process has anything; leave it out, or set it to aws or postgres',
    );
  const wanted: Wanted = {
    ...{ model, backend, stream: options.streamArn, filters: filterSets(model) },
    reader: options.consume ? 'consume' : 'function',
    indexer: options.index ? 'process' : 'function',
    variables: Object.fromEntries(
      SHARED.flatMap((name) => {
        const value = reader.optional(name);
        return value === undefined ? [] : [[name, value] as const];
      }),
    ),
    hasQuarantine: reader.isSet('QUARANTINE_QUEUE_URL'),
    allowsStandardQueue: reader.optional('ALLOW_STANDARD_QUEUE') === 'true',
  };
  const { gatherers, close } = gatherersOf({ ...{ wanted, environment, options, lambda, limit }, worker });
  return {
    ...{ gatherers, wanted },
    close: async () => {
      limit.end();
      lambda.close();
      await close();
    },
  };
}

/** Those of the function, where it is named and can be asked: what keeps it from that is told by its own checks. */
async function variablesOf(
  worker: (() => Promise<{ readonly variables: Environment }>) | undefined,
): Promise<Environment> {
  try {
    return (await worker?.())?.variables ?? {};
  } catch {
    return {};
  }
}

function set(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
}

/** As `contrail filters` prints them, for as many as a mapping may have. */
function filterSets(model: TableModel): Wanted['filters'] {
  try {
    return Array.from({ length: MOST_FILTERS }, (_, index) => index + 1).map((most) =>
      filterCriteria(filtersOf(model, most).filters).Filters.map(({ Pattern }) => Pattern),
    );
  } catch (error) {
    // Nothing is derived yet.
    if (Fault.is(error)) return [];
    throw error;
  }
}
