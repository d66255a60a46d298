import { check, type Wanted } from '../check.ts';
import { error, untold, warning } from '../finding.ts';
import { differingKeys, inactive } from './table.ts';

const isInTable = ({ backend }: Wanted) => backend === 'aws';
const KEYS = { partition: 'PK', partitionType: 'S', sort: 'SK', sortType: 'S' } as const;
const EXPIRY = 'expires_at';

export const stateTable = check({
  name: 'state-table',
  about:
    'the state table is there, `ACTIVE`, another than the table, and its keys are `PK` and `SK`, strings',
  needs: ['stateTable', 'table'],
  appliesTo: isInTable,
  judge: ({ stateTable: state, table }) => {
    if ('absent' in state)
      return [
        error(
          state.absent,
          'there is no such table',
          'create it, or correct STATE_TABLE_NAME and AWS_REGION',
        ),
      ];
    return [
      ...inactive(state),
      ...differingKeys(state, KEYS, 'make a table with these keys, and set STATE_TABLE_NAME to it'),
      ...('arn' in table && table.arn === state.arn
        ? [
            error(
              state.name,
              'it is the table itself, so that its stream carries the worker’s state',
              'make a table of its own, and set STATE_TABLE_NAME to it',
            ),
          ]
        : []),
    ];
  },
});

export const stateExpiry = check({
  name: 'state-expiry',
  about: `rows of the state table expire by \`${EXPIRY}\``,
  needs: ['stateTable', 'stateExpiry'],
  appliesTo: isInTable,
  judge: ({ stateTable: state, stateExpiry: attribute }) => {
    if ('absent' in state) return [untold('there is no state table')];
    if (attribute === EXPIRY) return [];
    const cure = `aws dynamodb update-time-to-live --table-name ${state.name} --time-to-live-specification Enabled=true,AttributeName=${EXPIRY}`;
    return [
      attribute === undefined
        ? warning(state.name, 'its rows never expire, so that it keeps those of removed rows for ever', cure)
        : error(
            state.name,
            `its rows expire by ${attribute}, which may take away state that is needed`,
            cure,
          ),
    ];
  },
});

export const stateRestorable = check({
  name: 'state-restorable',
  about: 'the state table can be restored to any second',
  needs: ['stateTable', 'stateRestorable'],
  appliesTo: isInTable,
  judge: ({ stateTable: state, stateRestorable: isOn }) => {
    if ('absent' in state) return [untold('there is no state table')];
    return isOn
      ? []
      : [
          warning(
            state.name,
            'point-in-time recovery is off: if it is damaged, counts must be compared and derived anew',
            `aws dynamodb update-continuous-backups --table-name ${state.name} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
          ),
        ];
  },
});

export const stateForms = check({
  name: 'state-forms',
  about: 'of a hundred states, all are of a form that this version can read',
  needs: ['stateTable', 'stateForms'],
  appliesTo: isInTable,
  judge: ({ stateTable: state, stateForms: problems }) =>
    'absent' in state
      ? [untold('there is no state table')]
      : problems.map((problem) =>
          error(state.name, problem, 'deploy the version that has written it, or a later one'),
        ),
});

export const targets = check({
  name: 'rows-tables',
  about: 'the tables that rows are derived into are there and `ACTIVE`',
  needs: ['targets'],
  appliesTo: ({ backend, model }) => backend === 'aws' && model.derivedRows.length > 0,
  judge: (facts) =>
    facts.targets.flatMap((found) =>
      'absent' in found
        ? [error(found.absent, 'there is no such table', 'create it, or correct --rows-in and AWS_REGION')]
        : inactive(found),
    ),
});

export const database = check({
  name: 'database',
  about:
    'PostgreSQL can be reached, is 15 or later, has the tables of this version, and its user may use them',
  needs: ['database'],
  appliesTo: ({ backend }) => backend === 'postgres',
  judge: ({ database: found }) => {
    if (found.problem !== undefined)
      return [error(found.resource, found.problem, 'do as it says: docs/postgresql.md')];
    return found.lacking.length === 0
      ? []
      : [
          error(
            found.resource,
            `its user lacks ${found.lacking.join(', ')}`,
            'grant it usage of the schema, and select, insert, update and delete on its tables',
          ),
        ];
  },
});
