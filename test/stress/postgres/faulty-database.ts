import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, DatabaseName, Queryable } from '../../../src/adapters/postgres/client/database.ts';
import { translateError } from '../../../src/adapters/postgres/client/translate-error.ts';
import type { Fault } from '../../../src/domain/fault.ts';
import type { Random } from '../../../src/random/random.ts';
import { chanceOf, hashOf } from '../../../src/simulation/world/chance.ts';
import type { Counts } from '../../../src/simulation/world/counts.ts';
import type { Plan } from '../plan.ts';

/** What goes wrong with a statement. `late`: the worker is told that it failed, and it takes effect long after. */
const FATES = ['refused', 'lost', 'late'] as const;

const QUICK_MS = 5;
const SLOW_MS = 300;
const LATE_MS = 400;
/** A refusal lasts for at most so many statements. */
const LONGEST = 12;

/** What a server says of one statement, of which nothing is done then. */
const REFUSALS: readonly (readonly [code: string, message: string])[] = [
  ['40001', 'could not serialize access due to concurrent update'],
  ['40P01', 'deadlock detected'],
  ['53300', 'sorry, too many clients already'],
  ['55P03', 'canceling statement due to lock timeout'],
  ['57014', 'canceling statement due to statement timeout'],
  ['57P01', 'terminating connection due to administrator command'],
  ['57P03', 'the database system is starting up'],
  ['ECONNREFUSED', 'connect ECONNREFUSED'],
];

/** What it says for a while, for no fault of any record. */
const LASTING: readonly (readonly [code: string, message: string])[] = [
  ['25006', 'cannot execute INSERT in a read-only transaction'],
  ['28P01', 'password authentication failed for user "app"'],
  ['42501', 'permission denied for table states'],
  ['42P01', 'relation "states" does not exist'],
  ['53100', 'could not extend file "base/16384/16385": No space left on device'],
  ['XX000', 'cache lookup failed for relation 16385'],
];

/** What all databases of a run have in common. */
export interface Faults {
  readonly plan: Plan;
  /** What was done to which statement, and how often. */
  readonly counts: Counts;
  /** What is under way, also when nobody waits for it. */
  readonly underWay: Set<Promise<unknown>>;
}

/**
 * A database with latency before and after each statement, whose answers get lost, which refuses, and does some long after it seemed to fail. The
 * seed decides what becomes of the how-manieth statement of a worker; which of them that is, is up to the machine.
 */
export class FaultyDatabase implements Database {
  readonly name: DatabaseName;
  readonly #database: Database;
  readonly #worker: string;
  readonly #faults: Faults;
  #statements = 0;
  #refusal: { readonly error: readonly [string, string]; left: number } | undefined;

  constructor(database: Database, worker: string, faults: Faults) {
    this.name = database.name;
    this.#database = database;
    this.#worker = worker;
    this.#faults = faults;
  }

  query<R extends object>(
    text: string,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<readonly R[]> {
    return this.#pass(text, (until) => this.#database.query<R>(text, values, until), signal);
  }

  transaction<T>(work: (client: Queryable) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#pass('transaction', (until) => this.#database.transaction(work, until), signal);
  }

  listen(channel: string, heard: () => void, lost: () => void): Promise<() => void> {
    return this.#database.listen(channel, heard, lost);
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  async #pass<T>(
    text: string,
    send: (signal: AbortSignal | undefined) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const { plan, counts } = this.#faults;
    const random = chanceOf(plan.seed, 'database', this.#worker, ++this.#statements);
    const refused = this.#refusalAt(random);
    // One kind of statement is often slow, while others are quick: so one thing overtakes another.
    const isSlow = (hashOf(text.replaceAll(/"[^"]*"/g, '')) >>> 0) % 6 === (hashOf(plan.slowTask) >>> 0) % 6;
    const latency = () =>
      sleep(random.chance(isSlow ? 0.2 : 0.02) ? random.int(QUICK_MS, SLOW_MS) : random.int(0, QUICK_MS));
    const fate = random.chance(plan.faults) ? random.pick(FATES) : undefined;
    await latency();
    signal?.throwIfAborted();
    if (refused !== undefined) throw this.#fault(refused);
    if (fate === 'refused') throw this.#fault(random.pick(REFUSALS));
    if (fate === 'late') {
      // Nobody waits for the answer, whatever it is.
      this.#track(sleep(random.int(1, LATE_MS)).then(() => send(undefined))).catch(() => undefined);
      counts.add('late');
      throw this.#fault(['ECONNRESET', 'read ECONNRESET'], false);
    }
    const answer = await this.#track(send(signal));
    if (fate === 'lost') throw this.#fault(['ETIMEDOUT', 'the answer was lost']);
    await latency();
    return answer;
  }

  #refusalAt(random: Random): readonly [string, string] | undefined {
    if (this.#refusal === undefined && random.chance(this.#faults.plan.refusals))
      this.#refusal = { error: random.pick(LASTING), left: random.int(1, LONGEST) };
    const refusal = this.#refusal;
    if (refusal === undefined) return undefined;
    if (--refusal.left <= 0) this.#refusal = undefined;
    return refusal.error;
  }

  #fault([code, message]: readonly [string, string], counted = true): Fault {
    if (counted) this.#faults.counts.add(code);
    return translateError(Object.assign(new Error(message), { code }), this.name);
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const { underWay } = this.#faults;
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    return tracked;
  }
}
