import { check } from '../check.ts';
import { error, untold, type Verdict, warning } from '../finding.ts';

/** Whoever reads a shard beyond these is throttled, and so are the others. */
const MOST_READERS = 2;
/** Replication to other regions is one of them. */
const MOST_OF_REPLICATED = 1;

export const readers = check({
  name: 'readers',
  about: 'no more than two read a shard at a time, and of Contrail one',
  needs: ['table', 'streamMappings', 'consumers'],
  judge: ({ table, streamMappings, consumers }, { reader }) => {
    if ('absent' in table) return [untold('there is no table')];
    const active = streamMappings.filter(
      ({ source, state }) => source === table.streamArn && state !== 'Disabled' && state !== 'Deleting',
    );
    const all = [
      ...active.map(({ function: name }) => `the function ${name}`),
      ...(consumers.length > 0 ? [`contrail consume (${consumers.join(', ')})`] : []),
    ];
    const most = table.replicas.length > 0 ? MOST_OF_REPLICATED : MOST_READERS;
    const verdicts: Verdict[] = [];
    if (all.length > most)
      verdicts.push(
        error(
          table.streamArn ?? table.name,
          `${all.length} read each shard (${all.join('; ')}), and AWS has it that ${most === 1 ? 'one may of a global table' : 'two may'}: all of them are throttled`,
          'have one hand the changes on to others, or take one away. Pipes of EventBridge and programs of others are not seen here',
        ),
      );
    if (reader === 'consume' && consumers.length === 0)
      verdicts.push(
        untold('no process of contrail consume renews a lease of the stream: start one, and ask again'),
      );
    if (reader === 'function' && consumers.length > 0)
      verdicts.push(
        warning(
          table.streamArn ?? table.name,
          'contrail consume reads it too, with this same state table: every change is handled twice, which costs and changes nothing',
          'stop one of the two',
        ),
      );
    return verdicts;
  },
});

export const gaps = check({
  name: 'gaps',
  about: 'no gap is open: nothing was lost of its streams that is not repaired',
  needs: ['gaps'],
  judge: (facts) =>
    facts.gaps.length === 0
      ? []
      : [
          error(
            facts.gaps[0]?.stream ?? '',
            `${facts.gaps.length === 1 ? 'a gap is' : `${facts.gaps.length} gaps are`} open: changes left the stream before they were read`,
            'contrail verify --repair mends what they left, and closes them; contrail gaps lists them',
          ),
        ],
});

export const followed = check({
  name: 'followed',
  about: 'the table is the one that the state is of',
  needs: ['table', 'followed'],
  judge: ({ table, followed: known }) => {
    if ('absent' in table) return [untold('there is no table')];
    return known === undefined || known === table.arn
      ? []
      : [
          error(
            table.arn,
            `the state is of ${known}: changes of this table are refused, or taken for older ones`,
            'name that table; or, where this one is to take its place, contrail adopt-stream: docs/failover.md',
          ),
        ];
  },
});
