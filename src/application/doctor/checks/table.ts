import { keyAttributes } from '../../../domain/definition/templates.ts';
import { fittingViewTypes } from '../../../domain/fitting-view-types.ts';
import type { KeySchema } from '../../../domain/table-model.ts';
import { check } from '../check.ts';
import type { TableFacts } from '../facts.ts';
import { error, type Problem, untold, warning } from '../finding.ts';

const CHANGE_VIEW = 'a stream’s view type cannot be changed: turn the stream off, and on again';

export const settings = check({
  name: 'settings',
  about: 'the variables that are set have values that a worker takes',
  needs: ['settings'],
  judge: (facts) =>
    facts.settings.map((problem) =>
      error(
        'the environment',
        problem,
        'set it as said, here and where the worker runs: docs/configuration.md',
      ),
    ),
});

export const table = check({
  name: 'table',
  about: 'the table is there, and `ACTIVE`',
  needs: ['table'],
  judge: (facts) =>
    'absent' in facts.table
      ? [
          error(
            facts.table.absent,
            'there is no such table',
            'create it, or correct TABLE_NAME and AWS_REGION',
          ),
        ]
      : inactive(facts.table),
});

export const keys = check({
  name: 'keys',
  about: 'its key is that of the definition, by names and types',
  needs: ['table'],
  judge: (facts, { model }) =>
    'absent' in facts.table
      ? [untold('there is no table')]
      : differingKeys(facts.table, model.keys, 'name the right table, or correct keys in the definition'),
});

export const stream = check({
  name: 'stream',
  about: 'its stream is on, with a view type that the definition can work with',
  needs: ['table'],
  judge: ({ table: found }, { model, backend }) => {
    if ('absent' in found) return [untold('there is no table')];
    const fitting = fittingViewTypes(model, backend === 'postgres');
    const [best = ''] = fitting;
    if (found.viewType === undefined)
      return [
        error(
          found.name,
          'its stream is off, so no change of it is seen',
          `turn it on: aws dynamodb update-table --table-name ${found.name} --stream-specification StreamEnabled=true,StreamViewType=${best}`,
        ),
      ];
    if (fitting.includes(found.viewType)) return [];
    return [
      error(
        found.name,
        `its stream carries ${found.viewType}, and the definition needs ${fitting.join(' or ')}`,
        `${CHANGE_VIEW} with ${best}, which makes another stream: then have that one read, and run contrail backfill`,
      ),
    ];
  },
});

export const latestStream = check({
  name: 'latest-stream',
  about: 'the stream that is named is the one that the table has now',
  needs: ['table', 'stream'],
  appliesTo: ({ stream: named }) => named !== undefined,
  judge: ({ table: found, stream: read }, { stream: named = '' }) => {
    if ('absent' in found) return [untold('there is no table')];
    if (named !== found.streamArn)
      return [
        error(
          named,
          `it is not the stream of ${found.name} now, which is ${found.streamArn ?? 'none'}: changes are no longer in it`,
          'name that one wherever this one stands, and bring what was missed into line with contrail backfill',
        ),
      ];
    if ('absent' in read)
      return [error(read.absent, 'there is no such stream', 'name the table’s LatestStreamArn')];
    return read.status === 'ENABLED' || read.status === 'ENABLING'
      ? []
      : [
          error(
            named,
            `it is ${read.status}, and gets no more changes`,
            'turn the table’s stream on, and read the new one',
          ),
        ];
  },
});

export const replicas = check({
  name: 'replicas',
  about: 'a global table is one of eventual consistency, and read in one region',
  needs: ['table', 'stateTable'],
  appliesTo: ({ backend }) => backend === 'aws',
  judge: (facts) =>
    [facts.table, facts.stateTable].flatMap((found, index) => {
      if ('absent' in found) return [];
      if (found.isStronglyReplicated)
        return [
          error(
            found.name,
            'it is a global table of strong consistency (MRSC), which takes no transactions, and Contrail writes in them',
            'use a table in one region, or a global table of eventual consistency: docs/failover.md',
          ),
        ];
      if (index > 0 || found.replicas.length === 0) return [];
      const regions = found.replicas.join(', ');
      // Of what another region’s worker does, nothing can be seen from here.
      return 'absent' in facts.stateTable || facts.stateTable.replicas.length > 0
        ? []
        : [
            warning(
              found.name,
              `it is replicated to ${regions}, and the state table is not: after a failover the other region would not know what was done`,
              'have one region read at a time, and replicate the state table as well: docs/failover.md',
            ),
          ];
    }),
});

/** What keeps a table from being used. */
export function inactive({ name, status }: TableFacts): readonly Problem[] {
  if (status === 'ACTIVE' || status === 'UPDATING') return [];
  return [error(name, `it is ${status}, and not ACTIVE`, 'wait until it is, or look at it in the console')];
}

/** How a table's key differs. */
export function differingKeys(found: TableFacts, wanted: KeySchema, cure: string): readonly Problem[] {
  const shown = (attributes: readonly { readonly name: string; readonly type: string }[]) =>
    attributes.map(({ name, type }) => `${name} (${type})`).join(' and ');
  const [has, must] = [shown(found.keys), shown(keyAttributes(wanted))];
  return has === must ? [] : [error(found.name, `its key is ${has}, and must be ${must}`, cure)];
}
