import { setImmediate as nextTurn } from 'node:timers/promises';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { canonicalText } from '../../../domain/canonical-text.ts';
import { groupBy } from '../../../domain/coalesce.ts';
import { Fault } from '../../../domain/fault.ts';
import { abortableBy } from '../clients.ts';
import { plain } from '../plain-requests.ts';
import { translateError } from '../translate-error.ts';
import { attributeValuesOf, nativeItem } from './attribute-values.ts';
import { fromNative, type NativeValue } from './native-value.ts';

/** An item's key as the document client takes and gives it: one or two values, by the names of the table's key attributes. */
export type RawKey = Readonly<Record<string, NativeValue>>;

/** DynamoDB's limit on one BatchGetItem. */
const KEYS_PER_REQUEST = 100;

/** Requests under way at a time, of those that begin together. */
const CONCURRENCY = 8;

/**
 * Reads items consistently, at most a hundred a request. One result a key, in the order of the keys; undefined where there
 * is no item, a `transient` Fault where DynamoDB left the key unprocessed.
 *
 * What is asked of one client at the same moment, for whatever tables, goes together: small batches would otherwise take a
 * request for each derivation. What is refused together is asked for again apart, so that nobody's keys are refused for others'.
 * What passes, such as a lost connection, all of them meet.
 *
 * @param keys all of the same table, so that they have the same attributes.
 *
 * Rejects once `signal` is aborted. When a request fails, no further one starts, and what the client threw is thrown.
 */
export async function readAll<Row extends object>(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly RawKey[],
  signal?: AbortSignal,
): Promise<(Row | undefined | Fault)[]> {
  if (keys.length === 0) return [];
  const question = new Question(table, keys, signal);
  const asked = questionsTo.get(client);
  if (asked === undefined) {
    const questions = [question];
    questionsTo.set(client, questions);
    // By then, others have asked too.
    void nextTurn()
      .then(() => {
        questionsTo.delete(client);
        return ask(client, questions);
      })
      .catch((error: unknown) => {
        for (const one of questions) one.fail(error);
      });
  } else asked.push(question);
  return (await question.answered) as (Row | undefined | Fault)[];
}

/** What is about to be asked. */
const questionsTo = new WeakMap<DynamoDBDocumentClient, Question[]>();

/** One call of `readAll`. */
class Question {
  readonly table: string;
  readonly signal: AbortSignal | undefined;
  /** By their names, of which each key has one. */
  readonly keys: ReadonlyMap<string, RawKey>;
  readonly answered: Promise<readonly (object | undefined)[]>;
  readonly #names: readonly string[];
  readonly #attributes: readonly string[];
  readonly #found = new Map<string, object>();
  #left: number;
  #isOver = false;
  #resolve!: (answers: readonly (object | undefined)[]) => void;
  #reject!: (error: unknown) => void;

  constructor(table: string, keys: readonly RawKey[], signal: AbortSignal | undefined) {
    this.table = table;
    this.signal = signal;
    // In one order, since those who ask for rows of one table together may name its attributes in different ones.
    this.#attributes = Object.keys(keys[0] ?? {}).toSorted();
    this.#names = keys.map((key) => this.nameOf(key));
    this.keys = new Map(keys.map((key, index) => [this.#names[index] as string, key]));
    this.#left = this.keys.size;
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  nameOf(item: object): string {
    return JSON.stringify(this.#attributes.map((attribute) => nameOfValue((item as RawKey)[attribute])));
  }

  /** @param found the items that there are, and faults, of the keys with these names. */
  answer(names: readonly string[], found: ReadonlyMap<string, object>): void {
    for (const name of names) {
      const item = found.get(name);
      if (item !== undefined) this.#found.set(name, item);
    }
    this.#left -= names.length;
    if (this.#left > 0) return;
    this.#isOver = true;
    this.#resolve(this.#names.map((name) => this.#found.get(name)));
  }

  fail(error: unknown): void {
    this.#isOver = true;
    this.#reject(error);
  }
}

/** Keys of a question. */
interface Part {
  readonly question: Question;
  readonly names: readonly string[];
}

async function ask(client: DynamoDBDocumentClient, questions: readonly Question[]): Promise<void> {
  // What one batch's end breaks off is nobody else's.
  const requests = [...new Set(questions.map(({ signal }) => signal))].flatMap((signal) =>
    requestsOf(questions.filter((question) => question.signal === signal).toSorted(smallestFirst)),
  );
  await pMap(requests, (parts) => request(client, parts), { concurrency: CONCURRENCY });
}

/** So that few keys do not wait behind many. */
function smallestFirst(a: Question, b: Question): number {
  return a.keys.size - b.keys.size;
}

/** The keys of all questions in as few requests as hold them, as many in each: the larger one is, the longer it takes. Keys that two have in common are in both's. */
function requestsOf(questions: readonly Question[]): readonly Part[][] {
  const count = questions.reduce((sum, { keys }) => sum + keys.size, 0);
  const size = Math.ceil(count / Math.ceil(count / KEYS_PER_REQUEST));
  const requests: Part[][] = [];
  let room = 0;
  for (const question of questions) {
    const names = [...question.keys.keys()];
    for (let from = 0; from < names.length;) {
      if (room === 0) {
        requests.push([]);
        room = size;
      }
      const some = names.slice(from, from + room);
      requests.at(-1)?.push({ question, names: some });
      room -= some.length;
      from += some.length;
    }
  }
  return requests;
}

async function request(client: DynamoDBDocumentClient, all: readonly Part[]): Promise<void> {
  const parts = all.filter(({ question }) => !question.isOver);
  const [first] = parts;
  if (first === undefined) return;
  const { signal } = first.question;
  try {
    signal?.throwIfAborted();
    const tables = groupBy(parts, ({ question }) => question.table);
    const RequestItems = Object.fromEntries(
      [...tables].map(([table, ofTable]) => [
        table,
        { Keys: distinctKeys(ofTable).map(attributeValuesOf), ConsistentRead: true },
      ]),
    );
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand(plain({ RequestItems })),
      abortableBy(signal),
    );
    for (const [table, ofTable] of tables) {
      const [{ question }] = ofTable;
      const found = new Map<string, object>();
      for (const row of Responses?.[table]?.map(nativeItem) ?? []) found.set(question.nameOf(row), row);
      for (const key of UnprocessedKeys?.[table]?.Keys?.map(nativeItem) ?? [])
        found.set(question.nameOf(key), unprocessedFault());
      for (const part of ofTable) part.question.answer(part.names, found);
    }
  } catch (error) {
    const mayBeOthers = parts.length > 1 && signal?.aborted !== true && isRefused(error);
    if (mayBeOthers) await Promise.all(parts.map((part) => request(client, [part])));
    else for (const { question } of parts) question.fail(error);
  }
}

function distinctKeys(parts: readonly Part[]): RawKey[] {
  const keys = new Map<string, RawKey>();
  for (const { question, names } of parts)
    for (const name of names) {
      const key = question.keys.get(name);
      if (key !== undefined) keys.set(name, key);
    }
  return [...keys.values()];
}

/** Whether the same may be taken without what others have asked for with it. */
function isRefused(error: unknown): boolean {
  return translateError(error, { resource: 'a table', variable: '' }).kind === 'configuration';
}

/** One text per value of an attribute, whose values have one type. */
function nameOfValue(value: NativeValue): string {
  return typeof value === 'string' ? value : canonicalText(fromNative(value));
}

function unprocessedFault(): Fault {
  return new Fault(
    'transient',
    'DynamoDB left this key of a batch read unprocessed: its throughput was exhausted, or the response was full',
  );
}
