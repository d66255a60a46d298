import type { Random } from '../../src/random/random.ts';
import { refusal } from '../integration/fault-injector.ts';
import type { WireAnswer, WireRequest } from '../integration/fault-wire.ts';
import { chanceOf, hashOf } from '../../src/simulation/world/chance.ts';

/** The part of a `SendMessageBatch` that is read. */
interface Batch {
  readonly Entries: readonly { readonly Id: string; readonly MessageBody: string }[];
}

interface BatchAnswer {
  readonly Failed?: readonly object[];
}

/** A refusal lasts for at most so many requests of a task. */
const LONGEST = 12;

/**
 * What something between the worker and a service, or the service itself, refuses for a while for no fault of any record:
 * a proxy, a key, credentials, a missing resource. Each begins at one request of a task, wherever in a call that is, and
 * ends some requests later.
 */
export class Refusals {
  readonly #seed: number;
  readonly #worker: string;
  readonly #share: number;
  readonly #current = new Map<string, { readonly refuses: Refuses; left: number }>();

  /** @param share at which share of requests a refusal begins. */
  constructor(seed: number, worker: string, share: number) {
    this.#seed = seed;
    this.#worker = worker;
    this.#share = share;
  }

  /** What becomes of the how-manieth request of a task; undefined when nobody refuses it. */
  of(task: string, number: number, request: WireRequest): Refused | undefined {
    const random = chanceOf(this.#seed, 'refusal', this.#worker, task, number);
    let current = this.#current.get(task);
    if (current === undefined && random.chance(this.#share)) {
      current = { refuses: refusesAt(request.operation, random), left: random.int(1, LONGEST) };
      this.#current.set(task, current);
    }
    if (current === undefined) return undefined;
    if (--current.left <= 0) this.#current.delete(task);
    return current.refuses(request, random);
  }
}

type Refuses = (request: WireRequest, random: Random) => Refused | undefined;

/** A request that is refused as a whole is answered at once; of one with entries, those that are not refused go on. */
export type Refused =
  | { readonly what: string; readonly answer: WireAnswer }
  | { readonly what: string; readonly passOn: string; readonly merge: (answer: WireAnswer) => WireAnswer };

function refusesAt(operation: string, random: Random): Refuses {
  if (operation === 'SendMessageBatch' && random.chance(0.6))
    return refusesEntries(random.pick(ENTRY_CODES), random.pick([1, 0.5, 0.2]), random.int(0, 1_000_000));
  const answers = [...ANYTHING, ...(operation === 'SendMessageBatch' ? BY_QUEUES : BY_TABLES)];
  if (operation === 'TransactWriteItems') answers.push(...TRANSACTIONS);
  const [what, answer] = random.pick(answers);
  const share = random.pick([1, 1, 0.5]);
  return (request, chance) => (chance.chance(share) ? { what, answer: answer(request) } : undefined);
}

type Answers = readonly (readonly [string, (request: WireRequest) => WireAnswer])[];

const page = (status: number) =>
  [`a page with ${status}`, () => ({ status, body: '<html><h1>no</h1></html>' })] as const;

const code = (name: string, status = 400, message?: string) =>
  [message ?? name, () => refusal(status, name, message === undefined ? {} : { message })] as const;

const ANYTHING: Answers = [
  page(400),
  page(403),
  page(404),
  page(413),
  code('SomethingNewException'),
  code('SomethingElseException', 422),
  code('ValidationException'),
  code('ExpiredTokenException'),
  code('AccessDeniedException'),
];

const BY_QUEUES: Answers = [
  code('QueueDoesNotExist'),
  code('QueueDeletedRecently'),
  code('InvalidParameterValue'),
  code('KMS.DisabledException'),
  code('KMS.KeyUnavailableException'),
  code('KMS.DependencyTimeoutException'),
  code('KMSInternalException'),
];

const BY_TABLES: Answers = [
  code('ResourceNotFoundException'),
  code('KMSDisabledException'),
  code('SerializationException'),
];

const TRANSACTIONS: Answers = [
  code('ValidationException', 400, 'Transactional APIs are not supported for this table'),
  [
    'a transaction cancelled by a validation',
    ({ body }) => {
      const { TransactItems } = JSON.parse(body) as { readonly TransactItems: readonly unknown[] };
      const CancellationReasons = TransactItems.map((_, index) =>
        index === 0
          ? { Code: 'ValidationError', Message: 'One or more parameter values were invalid' }
          : { Code: 'None' },
      );
      return refusal(400, 'TransactionCanceledException', {
        message: `Transaction cancelled [${CancellationReasons.map(({ Code }) => Code).join(', ')}]`,
        CancellationReasons,
      });
    },
  ],
];

/** Never those that SQS has for what a message holds. */
const ENTRY_CODES = [
  'ExpiredTokenException',
  'AccessDenied',
  'KmsDisabled',
  'KMS.KeyUnavailableException',
  'KMS.DependencyTimeoutException',
  'KMSInternalException',
  'InvalidParameterValue',
  'SomethingNew',
];

/** The same messages are refused for as long as it lasts. */
function refusesEntries(Code: string, share: number, salt: number): Refuses {
  return ({ body }) => {
    const batch = JSON.parse(body) as Batch;
    const isRefused = ({ MessageBody }: Batch['Entries'][number]) =>
      (hashOf(`${salt}/${MessageBody}`) >>> 0) / 2 ** 32 < share;
    const refused = batch.Entries.filter(isRefused);
    if (refused.length === 0) return undefined;
    const what = `${Code} for entries`;
    const Failed = refused.map(({ Id }) => ({ Id, SenderFault: true, Code, Message: `injected: ${Code}` }));
    const Entries = batch.Entries.filter((entry) => !refused.includes(entry));
    if (Entries.length === 0) return { what, answer: { status: 200, body: JSON.stringify({ Failed }) } };
    return {
      what,
      passOn: JSON.stringify({ ...batch, Entries }),
      merge: ({ status, body: answered }) => {
        if (status !== 200) return { status, body: answered };
        const answer = JSON.parse(answered) as BatchAnswer;
        return { status, body: JSON.stringify({ ...answer, Failed: [...(answer.Failed ?? []), ...Failed] }) };
      },
    };
  };
}
