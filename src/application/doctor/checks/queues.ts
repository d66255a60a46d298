import { LATE_MS } from '../../index-outcome.ts';
import { check, type Wanted } from '../check.ts';
import type { QueueFacts } from '../facts.ts';
import { error, type Problem, untold, type Verdict, warning } from '../finding.ts';

/** Bytes: the most that SQS takes. */
const LARGEST = 1_048_576;
/** Below this, a message that meets an outage of minutes is a dead letter. */
const FEWEST_RECEIVES = 5;
/** Seconds. */
const SHORTEST_RETENTION = 86_400;

const hasQueue = ({ backend, model }: Wanted) => backend === 'aws' && model.documents.length > 0;
const missing = (name: string) =>
  error(name, 'there is no such queue', 'create it, or correct the variable that names it, and AWS_REGION');

export const searchQueue = check({
  name: 'search-queue',
  about:
    'the search queue is FIFO, orders by group, takes the largest messages, keeps them a day, and not everybody may send to it',
  needs: ['searchQueue'],
  appliesTo: hasQueue,
  judge: ({ searchQueue: queue }, { allowsStandardQueue }) =>
    'absent' in queue
      ? [missing(queue.absent)]
      : [...ordered(queue, allowsStandardQueue), ...sized(queue), ...open(queue)],
});

function ordered(queue: QueueFacts, allowsStandard: boolean): readonly Problem[] {
  if (!queue.isFifo)
    return allowsStandard
      ? []
      : [
          error(
            queue.name,
            'it is a standard queue, which neither keeps order nor deduplicates',
            'make a FIFO queue, and set TYPESENSE_QUEUE_URL to it',
          ),
        ];
  return [
    ...(queue.isByGroup
      ? []
      : [
          warning(
            queue.name,
            'it orders and deduplicates across all groups, which limits it to 300 requests a second',
            'set DeduplicationScope to messageGroup, and FifoThroughputLimit to perMessageGroupId',
          ),
        ]),
    ...(queue.isContentDeduplicated
      ? [
          warning(
            queue.name,
            'it deduplicates by content what has no ID of its own: a document that goes back to what it was minutes ago would be lost where another sends it',
            'turn ContentBasedDeduplication off: Contrail gives every message an ID',
          ),
        ]
      : []),
  ];
}

function sized({ name, largestMessage, retention }: QueueFacts): readonly Problem[] {
  return [
    ...(largestMessage < LARGEST
      ? [
          warning(
            name,
            `it takes messages of ${largestMessage} bytes at most: a larger document blocks its row`,
            `set MaximumMessageSize to ${LARGEST}`,
          ),
        ]
      : []),
    ...(retention < SHORTEST_RETENTION
      ? [
          warning(
            name,
            `it keeps messages for ${retention} s only, and what is not received by then is lost`,
            'set MessageRetentionPeriod to 1209600 (14 days)',
          ),
        ]
      : []),
  ];
}

function open({ name, policy }: QueueFacts): readonly Problem[] {
  return policy !== undefined && isForEverybody(policy)
    ? [
        error(
          name,
          'its policy allows everybody to use it: what others send becomes documents',
          'name accounts or roles in its policy, or give it conditions',
        ),
      ]
    : [];
}

/** Whether a statement allows anybody anything without a condition. */
function isForEverybody(policy: string): boolean {
  const { Statement } = JSON.parse(policy) as { readonly Statement?: unknown };
  return [Statement].flat().some((statement) => {
    const { Effect, Principal, Condition } = statement as Readonly<Record<string, unknown>>;
    const who =
      typeof Principal === 'object' && Principal !== null ? Object.values(Principal).flat() : [Principal];
    return Effect === 'Allow' && Condition === undefined && who.includes('*');
  });
}

export const deadLetters = check({
  name: 'dead-letters',
  about:
    'what the indexer cannot handle leaves the queue for another, after five receives or more, and that one is empty',
  needs: ['searchQueue', 'deadLetters'],
  appliesTo: hasQueue,
  judge: ({ searchQueue: queue, deadLetters: letters }) => {
    if ('absent' in queue) return [untold('there is no search queue')];
    if (queue.deadLetters === undefined)
      return [
        error(
          queue.name,
          'it has no dead-letter queue: an action that fails blocks its document until it is lost',
          'make a FIFO queue beside it, and name it in RedrivePolicy',
        ),
      ];
    if ('absent' in letters) return [missing(letters.absent)];
    const { maximumReceives } = queue.deadLetters;
    return [
      ...(maximumReceives < FEWEST_RECEIVES
        ? [
            warning(
              queue.name,
              `an action is given up after ${maximumReceives} receives, which an outage of minutes uses up`,
              'set maxReceiveCount of its RedrivePolicy to 10',
            ),
          ]
        : []),
      ...(letters.largestMessage < queue.largestMessage
        ? [
            warning(
              letters.name,
              `it takes messages of ${letters.largestMessage} bytes, and the search queue some of ${queue.largestMessage}`,
              `set MaximumMessageSize to ${queue.largestMessage}`,
            ),
          ]
        : []),
      ...waiting(
        letters,
        'search actions that could not be carried out',
        'docs/operations.md, DeadLettersAlarm',
      ),
    ];
  },
});

export const quarantine = check({
  name: 'quarantine',
  about: 'the quarantine queue takes the largest messages, and is empty',
  needs: ['quarantine'],
  appliesTo: ({ backend, hasQuarantine }) => backend === 'aws' && hasQuarantine,
  judge: ({ quarantine: queue }) =>
    'absent' in queue
      ? [missing(queue.absent)]
      : [
          ...sized(queue),
          ...waiting(queue, 'records that can never be handled', 'docs/operations.md, QuarantineAlarm'),
        ],
});

function waiting(queue: QueueFacts, what: string, cure: string): readonly Problem[] {
  return queue.waiting === 0 ? [] : [error(queue.name, `it holds ${queue.waiting} ${what}`, cure)];
}

export const visibility = check({
  name: 'visibility',
  about: 'what the indexer’s function receives stays hidden for longer than a write of it may take effect',
  needs: ['searchQueue', 'indexer'],
  appliesTo: (wanted) => hasQueue(wanted) && wanted.indexer === 'function',
  judge: ({ searchQueue: queue, indexer }): readonly Verdict[] => {
    if ('absent' in queue) return [untold('there is no search queue')];
    const least = indexer.timeout + LATE_MS / 1_000;
    return queue.visibility >= least
      ? []
      : [
          error(
            queue.name,
            `what is received is hidden for ${queue.visibility} s, and the indexer may write for ${least} s: an older document may come to stand over a newer one`,
            `set VisibilityTimeout to ${Math.max(120, least)}`,
          ),
        ];
  },
});
