import type { EventSourceMappingConfiguration, LambdaClient } from '@aws-sdk/client-lambda';
import type { FunctionFacts, MappingFacts } from '../../../application/doctor/facts.ts';
import { abortableBy, TIMEOUTS } from '../clients.ts';
import { notInstalled } from '../not-installed.ts';
import { answered } from './answered.ts';

/** Those variables of a function that are looked at: none is a secret. */
const VARIABLES = [
  ...['BACKEND', 'TABLE_NAME', 'STATE_TABLE_NAME', 'TYPESENSE_QUEUE_URL', 'QUARANTINE_QUEUE_URL'],
  ...['FAILURE_MODE', 'DEADLINE_MARGIN_MS', 'ALLOW_STANDARD_QUEUE', 'METRICS_NAMESPACE'],
];

/** Asks Lambda. Its client is loaded when it is first asked. */
export class LambdaFacts {
  #client: Promise<LambdaClient> | undefined;

  /** All event source mappings of the account and region; a hundred a request. */
  async mappings(signal?: AbortSignal): Promise<readonly MappingFacts[]> {
    const { ListEventSourceMappingsCommand } = await load();
    const client = await this.#connect();
    return answered({ resource: 'the event source mappings of Lambda', variable: '--function' }, async () => {
      const mappings: MappingFacts[] = [];
      let marker: string | undefined;
      do {
        const { EventSourceMappings = [], NextMarker } = await client.send(
          new ListEventSourceMappingsCommand({ MaxItems: 100, Marker: marker }),
          abortableBy(signal),
        );
        mappings.push(...EventSourceMappings.map(mappingFactsOf));
        marker = NextMarker || undefined;
      } while (marker !== undefined);
      return mappings;
    });
  }

  /** @param name a function's name. */
  async functionNamed(name: string, signal?: AbortSignal): Promise<FunctionFacts> {
    const { GetFunctionConfigurationCommand, GetFunctionConcurrencyCommand } = await load();
    const client = await this.#connect();
    return answered({ resource: `function ${name}`, variable: '--function' }, async () => {
      const [found, concurrency] = await Promise.all([
        client.send(new GetFunctionConfigurationCommand({ FunctionName: name }), abortableBy(signal)),
        client.send(new GetFunctionConcurrencyCommand({ FunctionName: name }), abortableBy(signal)),
      ]);
      const set = found.Environment?.Variables ?? {};
      return {
        name: found.FunctionName ?? name,
        role: found.Role ?? '',
        state: found.State ?? 'Active',
        lastUpdate: found.LastUpdateStatus ?? 'Successful',
        timeout: found.Timeout ?? 3,
        variables: Object.fromEntries(
          VARIABLES.flatMap((variable) => {
            const value = Object.hasOwn(set, variable) ? set[variable] : undefined;
            return value ? [[variable, value] as const] : [];
          }),
        ),
        reserved: concurrency.ReservedConcurrentExecutions,
      };
    });
  }

  /** Instances that functions without a reservation share. */
  async unreservedInstances(signal?: AbortSignal): Promise<number> {
    const { GetAccountSettingsCommand } = await load();
    const client = await this.#connect();
    const { AccountLimit } = await answered(
      { resource: 'the account’s quotas of Lambda', variable: 'AWS_REGION' },
      () => client.send(new GetAccountSettingsCommand({}), abortableBy(signal)),
    );
    return AccountLimit?.UnreservedConcurrentExecutions ?? Infinity;
  }

  close(): void {
    this.#client?.then(
      (client) => {
        client.destroy();
      },
      () => undefined,
    );
  }

  #connect(): Promise<LambdaClient> {
    this.#client ??= load().then((sdk) => new sdk.LambdaClient({ requestHandler: TIMEOUTS }));
    return this.#client;
  }
}

function load() {
  return import('@aws-sdk/client-lambda').catch(notInstalled('@aws-sdk/client-lambda'));
}

function mappingFactsOf(found: EventSourceMappingConfiguration): MappingFacts {
  return {
    id: found.UUID ?? '',
    function: functionNameIn(found.FunctionArn ?? ''),
    source: found.EventSourceArn ?? '',
    state: found.State ?? 'unknown',
    stateReason: found.StateTransitionReason,
    lastResult: found.LastProcessingResult,
    filters: (found.FilterCriteria?.Filters ?? []).flatMap(({ Pattern }) => (Pattern ? [Pattern] : [])),
    destination: found.DestinationConfig?.OnFailure?.Destination || undefined,
    retries: found.MaximumRetryAttempts ?? -1,
    maximumAge: found.MaximumRecordAgeInSeconds ?? -1,
    takesPartialResponses: found.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    bisects: found.BisectBatchOnFunctionError ?? false,
    parallelization: found.ParallelizationFactor ?? 1,
  };
}

/** Of an ARN with an alias or a version too. */
function functionNameIn(arn: string): string {
  return arn.split(':')[6] ?? arn;
}
