import { check } from '../check.ts';
import { error, type Verdict, warning } from '../finding.ts';

export const searchIndex = check({
  name: 'search-index',
  about: 'the search engine can be reached, and its collections are as the definition says',
  needs: ['collections'],
  appliesTo: ({ backend, model }) => backend === 'aws' && model.documents.length > 0,
  judge: ({ collections }) =>
    collections.flatMap(({ collection, engine, problem, differences }) => {
      if (problem !== undefined)
        return [
          error(engine, problem, `do as it says; contrail index --create makes collections that are missing`),
        ];
      return differences.length === 0
        ? []
        : [
            error(
              engine,
              `the collection ${collection} is not as the definition says: ${differences.join('; ')}`,
              `contrail index --rebuild ${collection} FILES… fills another beside it, and switches to that`,
            ),
          ];
    }),
});

/** Milliseconds. A reader knows of no more. */
const MOST_SKEW = 10_000;

export const awsClock = check({
  name: 'aws-clock',
  about: 'this machine’s clock and AWS’s differ by ten seconds at most',
  needs: ['awsClock'],
  judge: (facts) => skewed('AWS', facts.awsClock),
});

export const databaseClock = check({
  name: 'database-clock',
  about: 'this machine’s clock and the database’s differ by ten seconds at most',
  needs: ['database'],
  appliesTo: ({ backend }) => backend === 'postgres',
  judge: ({ database }) => (database.problem === undefined ? skewed(database.resource, database.skewMs) : []),
});

function skewed(whose: string, ms: number): readonly Verdict[] {
  if (Math.abs(ms) <= MOST_SKEW) return [];
  const seconds = Math.round(Math.abs(ms) / 1_000);
  return [
    error(
      'this machine',
      `its clock is ${seconds} s ${ms > 0 ? 'behind' : 'ahead of'} that of ${whose}`,
      'have it kept by NTP: requests are refused from five minutes on, and records are taken for older or newer than they are',
    ),
  ];
}

export const alarms = check({
  name: 'alarms',
  about: 'alarms watch the worker’s lag and the dead letters, tell somebody, and none is on',
  needs: ['alarms', 'worker', 'topics'],
  appliesTo: ({ backend, reader }) => backend === 'aws' && reader === 'function',
  judge: ({ alarms: all, worker, topics }) => {
    const verdicts: Verdict[] = [];
    if (!all.some(({ watches }) => watches.includes(`IteratorAge of ${worker.name}`)))
      verdicts.push(
        warning(
          `the function ${worker.name}`,
          'no alarm watches its IteratorAge: nobody is told before the stream loses changes',
          'deploy with Alarms=true, or make one on IteratorAge above 3 hours: deploy/template.yaml, IteratorAgeAlarm',
        ),
      );
    const unheard = new Map(
      topics.filter(({ confirmed }) => confirmed === 0).map((topic) => [topic.arn, topic.pending]),
    );
    for (const { name, state, reason, actions } of all) {
      if (state === 'ALARM')
        verdicts.push(
          error(`the alarm ${name}`, `it is on: ${reason}`, 'docs/operations.md, Alarms, says what to do'),
        );
      if (actions.length === 0)
        verdicts.push(
          warning(
            `the alarm ${name}`,
            'it has no action, so it tells nobody',
            'give it a topic, and turn its actions on',
          ),
        );
    }
    for (const [arn, pending] of unheard)
      verdicts.push(
        warning(
          arn,
          `alarms go to it, and it has no subscriber${pending > 0 ? ` who has confirmed (${pending} have not)` : ''}`,
          pending > 0
            ? 'confirm the subscription by the link in the mail'
            : `aws sns subscribe --topic-arn ${arn} --protocol email --notification-endpoint YOU@EXAMPLE.COM`,
        ),
      );
    return verdicts;
  },
});

export const permissions = check({
  name: 'permissions',
  about: 'the roles of the functions allow what `contrail policy` prints',
  needs: ['denied'],
  appliesTo: ({ backend, reader }) => backend === 'aws' && reader === 'function',
  judge: ({ denied }) =>
    denied.map(({ role, action, resource }) =>
      error(role, `it does not allow ${action} on ${resource}`, 'give it what contrail policy prints'),
    ),
});
