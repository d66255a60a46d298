import { check, type Wanted } from '../check.ts';
import type { MappingFacts } from '../facts.ts';
import { error, untold, type Verdict, warning } from '../finding.ts';

const isByFunction = ({ reader }: Wanted) => reader === 'function';
const whereOf = ({ function: name, id }: MappingFacts) => `the mapping ${id} of ${name}`;
const update = (id: string, what: string) => `aws lambda update-event-source-mapping --uuid ${id} ${what}`;

export const mapping = check({
  name: 'mapping',
  about: 'the worker’s event source mapping is of that stream and enabled, and its last batch went well',
  needs: ['table', 'mapping'],
  appliesTo: isByFunction,
  judge: ({ table, mapping: found }) => {
    if ('absent' in table) return [untold('there is no table')];
    const isOld = found.source !== table.streamArn;
    return [
      ...(isOld
        ? [
            error(
              whereOf(found),
              `it reads ${found.source}, and the table’s stream is ${table.streamArn ?? 'off'}`,
              'deploy with the ARN of the table’s stream now, then bring what was missed into line with contrail backfill',
            ),
          ]
        : []),
      ...stateVerdicts(found),
    ];
  },
});

/** What the state of a mapping, and its last batch, tell. */
function stateVerdicts(found: MappingFacts): readonly Verdict[] {
  const { id, state, stateReason, lastResult } = found;
  const because = stateReason === undefined ? '' : ` (${stateReason})`;
  if (state === 'Disabled' || state === 'Disabling')
    return [
      error(
        whereOf(found),
        `it is ${state}${because}: nothing is handled, and the stream keeps changes for 24 hours`,
        update(id, '--enabled'),
      ),
    ];
  if (state === 'Deleting')
    return [error(whereOf(found), 'it is being deleted, with its position', 'deploy it anew')];
  if (state !== 'Enabled')
    return [untold(`${whereOf(found)} is ${state}${because}: ask again once it is Enabled`)];
  return lastResult?.startsWith('PROBLEM') === true
    ? [
        error(
          whereOf(found),
          `its last batch ended with ${JSON.stringify(lastResult)}`,
          'look at the function’s log: docs/operations.md, Alarms',
        ),
      ]
    : [];
}

export const filters = check({
  name: 'filters',
  about: 'its filters are those that `contrail filters` prints',
  needs: ['mapping'],
  appliesTo: isByFunction,
  judge: ({ mapping: found }, wanted) => {
    const has = new Set(found.filters.map(canonicalText));
    const sets = wanted.filters.map((patterns) => new Set(patterns.map(canonicalText)));
    if (sets.some((set) => set.size === has.size && [...set].every((one) => has.has(one)))) return [];
    const cure = `contrail filters --out filters.json, then ${update(found.id, '--filter-criteria file://filters.json')}`;
    if (has.size === 0)
      return sets.length === 0
        ? []
        : [
            warning(
              whereOf(found),
              'it has no filters: every change of the table costs a place in a batch',
              cure,
            ),
          ];
    const missing = [...(sets[0] ?? [])].filter((one) => !has.has(one));
    return missing.length > 0
      ? [
          error(
            whereOf(found),
            `it lacks ${missing.length} of the definition’s filters, so changes may be held back that are needed; the first is ${missing[0] ?? ''}`,
            `${cure}, then contrail backfill`,
          ),
        ]
      : [warning(whereOf(found), 'it has filters that the definition does not need', cure)];
  },
});

export const delivery = check({
  name: 'delivery',
  about:
    'it tells failed records apart, gives none up before the stream does, and keeps those that it gives up',
  needs: ['mapping'],
  appliesTo: isByFunction,
  judge: ({ mapping: found }) => [...givenUp(found), ...repeated(found)],
});

/** Seconds for which a stream keeps a record. */
const KEPT = 86_400;

function givenUp(found: MappingFacts): readonly Verdict[] {
  const { id, destination, maximumAge, retries } = found;
  const where = whereOf(found);
  const givesUp = retries !== -1 || (maximumAge !== -1 && maximumAge < KEPT);
  const verdicts: Verdict[] = [];
  if (destination === undefined)
    verdicts.push(
      givesUp
        ? error(
            where,
            'records that it gives up go nowhere: they are lost',
            'give it an S3 bucket as destination for failures (DestinationConfig.OnFailure)',
          )
        : warning(
            where,
            'it has no destination for records that it gives up',
            'give it an S3 bucket (DestinationConfig.OnFailure), and let it give records up before the stream drops them',
          ),
    );
  else if (!/^arn:[^:]+:s3:/.test(destination))
    verdicts.push(
      warning(
        where,
        'what goes to its destination for failures names records, and does not hold them: they are gone with the stream',
        'give it an S3 bucket instead (DestinationConfig.OnFailure)',
      ),
    );
  if (maximumAge === -1 || maximumAge >= KEPT)
    verdicts.push(
      warning(
        where,
        'it never gives a record up, so that a blocked shard loses changes after 24 hours without a trace',
        `once it has caught up: ${update(id, '--maximum-record-age-in-seconds 79200')}`,
      ),
    );
  if (retries !== -1)
    verdicts.push(
      warning(
        where,
        `it gives a batch up after ${retries} more ${retries === 1 ? 'attempt' : 'attempts'}, which an outage of minutes uses up`,
        update(id, '--maximum-retry-attempts -1'),
      ),
    );
  return verdicts;
}

function repeated(found: MappingFacts): readonly Verdict[] {
  const { id, takesPartialResponses, bisects } = found;
  const where = whereOf(found);
  return [
    ...(takesPartialResponses
      ? []
      : [
          warning(
            where,
            'it does not read which records failed: the whole batch is repeated for one',
            `${update(id, '--function-response-types ReportBatchItemFailures')}, with FAILURE_MODE=report`,
          ),
        ]),
    ...(bisects
      ? []
      : [
          warning(
            where,
            'it does not halve batches for which the function fails as a whole',
            update(id, '--bisect-batch-on-function-error'),
          ),
        ]),
  ];
}

export const indexerMapping = check({
  name: 'indexer-mapping',
  about: 'the indexer’s mapping is enabled, and reads which messages failed',
  needs: ['indexerMapping'],
  appliesTo: ({ backend, indexer, model }) =>
    backend === 'aws' && indexer === 'function' && model.documents.length > 0,
  judge: ({ indexerMapping: found }) => [
    ...stateVerdicts(found),
    ...(found.takesPartialResponses
      ? []
      : [
          error(
            whereOf(found),
            'it does not read which messages failed: those that the indexer reports are deleted all the same',
            update(found.id, '--function-response-types ReportBatchItemFailures'),
          ),
        ]),
  ],
});

/** The same text for patterns that mean the same, whatever the order in them. */
function canonicalText(pattern: string): string {
  try {
    return JSON.stringify(canonical(JSON.parse(pattern)));
  } catch {
    return pattern;
  }
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(canonical).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, canonical(member)]);
}
