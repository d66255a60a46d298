import { check, type Wanted } from '../check.ts';
import type { FunctionFacts } from '../facts.ts';
import { error, type Problem, warning } from '../finding.ts';

const isByFunction = ({ reader }: Wanted) => reader === 'function';
const whereOf = ({ name }: FunctionFacts) => `the function ${name}`;

/** Variables that must say the same in a function as here. */
export const SHARED = [
  ...['BACKEND', 'TABLE_NAME', 'STATE_TABLE_NAME', 'TYPESENSE_QUEUE_URL', 'QUARANTINE_QUEUE_URL'],
];
/** Those that an indexer has too. */
const OF_INDEXER = SHARED.filter((name) => name !== 'QUARANTINE_QUEUE_URL');

export const worker = check({
  name: 'worker',
  about:
    'the worker’s function can run, has the settings that are given here, and fails as its mapping expects',
  needs: ['worker', 'mapping'],
  appliesTo: isByFunction,
  judge: ({ worker: found, mapping }, wanted) => {
    const mode = found.variables['FAILURE_MODE'] ?? 'report';
    return [
      ...broken(found),
      ...differing(found, wanted, SHARED),
      ...(mode === 'report' && !mapping.takesPartialResponses
        ? [
            error(
              whereOf(found),
              'it reports failed records, and its mapping does not read that: they are taken for done, and lost',
              `aws lambda update-event-source-mapping --uuid ${mapping.id} --function-response-types ReportBatchItemFailures; or set FAILURE_MODE=throw`,
            ),
          ]
        : []),
    ];
  },
});

export const indexer = check({
  name: 'indexer',
  about: 'the indexer’s function can run, and has the settings that are given here',
  needs: ['indexer'],
  appliesTo: (wanted) =>
    wanted.backend === 'aws' && wanted.indexer === 'function' && wanted.model.documents.length > 0,
  judge: ({ indexer: found }, wanted) => [...broken(found), ...differing(found, wanted, OF_INDEXER)],
});

export const concurrency = check({
  name: 'concurrency',
  about: 'there are instances enough for all shards at a time',
  needs: ['stream', 'mapping', 'worker', 'unreservedInstances'],
  appliesTo: isByFunction,
  judge: ({ stream, mapping, worker: found, unreservedInstances }) => {
    if ('absent' in stream) return [];
    const wanted = stream.openShards * mapping.parallelization;
    const { reserved } = found;
    if (reserved === 0)
      return [
        error(whereOf(found), 'its reserved concurrency is 0: it never runs', 'take the reservation away'),
      ];
    const most = reserved ?? unreservedInstances;
    if (most >= wanted) return [];
    return [
      warning(
        whereOf(found),
        `its ${stream.openShards} shards and ParallelizationFactor ${mapping.parallelization} ask for ${wanted} instances at a time, and ` +
          (reserved === undefined ? `the account has ${most} for all functions` : `${most} are reserved`),
        reserved === undefined
          ? 'ask AWS for a higher quota of concurrent executions'
          : `reserve ${wanted}, or none`,
      ),
    ];
  },
});

function broken(found: FunctionFacts): readonly Problem[] {
  const { state, lastUpdate, timeout, variables } = found;
  const margin = Number(variables['DEADLINE_MARGIN_MS'] ?? 1_000);
  return [
    ...(state === 'Failed' || lastUpdate === 'Failed'
      ? [
          error(
            whereOf(found),
            `its state is ${state}, and its last update ${lastUpdate}`,
            'deploy it again; aws lambda get-function-configuration says why',
          ),
        ]
      : []),
    ...(timeout * 1_000 <= margin
      ? [
          error(
            whereOf(found),
            `DEADLINE_MARGIN_MS (${margin}) leaves nothing of its timeout of ${timeout} s`,
            'raise the timeout, or lower the margin',
          ),
        ]
      : []),
  ];
}

function differing(
  found: FunctionFacts,
  { variables }: Wanted,
  names: readonly string[],
): readonly Problem[] {
  return names.flatMap((name) => {
    const [here, there] = [
      variables[name],
      found.variables[name] ?? (name === 'BACKEND' ? 'aws' : undefined),
    ];
    if (here === undefined || withoutArn(here) === withoutArn(there)) return [];
    return [
      error(
        whereOf(found),
        there === undefined
          ? `it has no ${name}, which is ${here} here`
          : `its ${name} is ${there}, and here it is ${here}`,
        'deploy it with the right one, or ask with the same settings as it has',
      ),
    ];
  });
}

/** A table may be given by its ARN. */
function withoutArn(value: string | undefined): string | undefined {
  return value?.replace(/^arn:[^/]*:table\//, '');
}
