import { Fault } from '../domain/fault.ts';
import type { Clock } from './ports/clock.ts';
import type { TableGenerations } from './ports/table-generations.ts';
import type { Retrier } from './retry.ts';
import type { TimeLimit } from './time-limit.ts';

/** How long an answer holds, in milliseconds: an adoption may go unnoticed for that long. */
const FRESH_MS = 10_000;

interface Answer {
  readonly generation: number;
  readonly at: number;
}

/** The generations of the tables whose streams are followed, asked for before a batch is handled. */
export class FollowedTables {
  readonly #generations: TableGenerations;
  readonly #retrier: Retrier;
  readonly #clock: Clock;
  readonly #answers = new Map<string, Answer>();

  constructor(generations: TableGenerations, retrier: Retrier, clock: Clock) {
    this.#generations = generations;
    this.#retrier = retrier;
    this.#clock = clock;
  }

  /**
   * The generation of each table by its ARN; where it has none, a Fault that says why: `configuration` where another
   * table is followed, any other when that could not be read. Nothing is ever guessed.
   *
   * An answer holds for ten seconds, but only for the table that was adopted last: an older one may be adopted again
   * at any time, and its changes would be taken for old ones until that is noticed. So that nothing goes wrong
   * within those ten seconds, a table must not be adopted again sooner after another one was.
   */
  async generationsOf(
    tableArns: ReadonlySet<string>,
    limit: TimeLimit,
  ): Promise<ReadonlyMap<string, number | Fault>> {
    const found = new Map<string, number | Fault>();
    const unknown: string[] = [];
    for (const tableArn of tableArns) {
      const generation = this.#remembered(tableArn);
      if (generation === undefined) unknown.push(tableArn);
      else found.set(tableArn, generation);
    }
    const ask = (pending: readonly string[], signal: AbortSignal) =>
      Promise.all(
        pending.map(async (tableArn) => {
          const answer = await this.#ask(tableArn, signal).catch((error: unknown) => Fault.from(error));
          if (Fault.is(answer)) return answer;
          found.set(tableArn, answer);
          return 'done' as const;
        }),
      );
    const faults = await this.#retrier.run(unknown, ask, limit);
    for (const [index, tableArn] of unknown.entries()) {
      const fault = faults[index];
      if (fault !== undefined) found.set(tableArn, ofNoRecord(fault));
    }
    return found;
  }

  #remembered(tableArn: string): number | undefined {
    const answer = this.#answers.get(tableArn);
    if (answer === undefined) return undefined;
    const age = this.#clock.now() - answer.at;
    // A clock that went backwards says nothing of how old the answer is.
    return age >= 0 && age < FRESH_MS ? answer.generation : undefined;
  }

  async #ask(tableArn: string, signal: AbortSignal): Promise<number | Fault> {
    const at = this.#clock.now();
    const following = await this.#generations.generationOf(tableArn, signal);
    if (following.kind === 'refused') return refused(tableArn, following.followed);
    const { generation, newest } = following;
    if (newest) this.#answers.set(tableArn, { generation, at });
    else this.#answers.delete(tableArn);
    return generation;
  }
}

/** Never permanent, which would be to say that the records are to blame. */
function ofNoRecord(fault: Fault): Fault {
  if (fault.kind !== 'permanent') return fault;
  return new Fault('configuration', `cannot read which table is followed: ${fault.message}`, {
    cause: fault,
    reason: `cannot read which table is followed: ${fault.reason}`,
  });
}

function refused(tableArn: string, followed: string): Fault {
  return new Fault(
    'configuration',
    `the record comes from ${nameOf(tableArn)}, but the table that is followed is ${nameOf(followed)}, and nothing ` +
      `says whose changes are newer. If this table takes over, run contrail adopt-stream ${tableArn || 'ARN'}; if not, ` +
      'remove its event source mapping',
    { reason: 'records from a table that is not followed' },
  );
}

function nameOf(tableArn: string): string {
  return tableArn || 'an unnamed stream';
}
