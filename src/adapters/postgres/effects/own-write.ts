import type { EffectMove } from '../../../domain/effect.ts';
import { Fault, type FaultKind } from '../../../domain/fault.ts';
import { kindOf } from '../../../domain/plain-value.ts';
import { describeRow, wordsOf } from '../../../domain/row-view.ts';
import type { Queryable } from '../client/database.ts';

/** A client within the transaction in which it is noted that an effect has run. Of no use afterwards. */
export interface OnceClient {
  /**
   * Runs one statement with bound parameters. Rejects with PostgreSQL's own error, whose `code` says what is wrong, without the values that it
   * cites; the transaction is lost then, also where the error is caught.
   */
  query(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
}

/**
 * What an effect hands in with `once` on PostgreSQL: what it does by the client is committed with the note that the effect has run, or not at
 * all. It must neither commit nor roll back. Where it throws, nothing is done, and it is tried again later.
 */
export type OnceWrite = (client: OnceClient) => unknown;

/** What the code of a write threw. */
export class WriteFailed extends Error {
  /** What that is in the terms of the database, where it is a failure of a statement of the write. */
  readonly fault: Fault | undefined;

  constructor(cause: unknown, fault: Fault | undefined) {
    super('the write of an effect failed', { cause });
    this.fault = fault;
  }
}

/** @throws WriteFailed */
export async function runWrite(write: OnceWrite, client: Queryable): Promise<void> {
  const faults = new Map<unknown, Fault>();
  const query: OnceClient['query'] = async (text, values) => {
    try {
      return { rows: await client.query<Readonly<Record<string, unknown>>>(text, values) };
    } catch (error) {
      if (!Fault.is(error)) throw error;
      const own = error.cause instanceof Error ? error.cause : error;
      faults.set(own, error);
      throw own;
    }
  };
  try {
    await write({ query });
  } catch (error) {
    throw new WriteFailed(error, Fault.is(error) ? error : faults.get(error));
  }
}

/** What was handed in is nothing that can be written. */
export function unfitWrite({ source: { model, row }, write }: EffectMove): Fault {
  const problem = `the effect ${model.name} gave once ${kindOf(write)}`;
  return new Fault(
    'configuration',
    `${problem} for ${describeRow(row)}: with PostgreSQL it takes a function, which is given a client: ` +
      `({ query }) => query('insert into …', […])`,
    { reason: problem },
  );
}

/** Never `permanent`: it is what the code wrote that is refused, and not the row; the next time it may write something else. */
export function writeFault(move: EffectMove, { cause, fault }: WriteFailed): Fault {
  if (fault !== undefined) return faultOfWrite(move, fault);
  const { model, row } = move.source;
  const subject = `the write of the effect ${model.name}`;
  return new Fault('transient', `${subject} for ${describeRow(row)} failed: ${wordsOf(cause)}`, {
    cause,
    reason: `${subject} failed`,
  });
}

/** The same where the transaction failed. */
export function faultOfWrite({ source: { model, row } }: EffectMove, fault: Fault): Fault {
  const subject = `the write of the effect ${model.name}`;
  const kind: FaultKind = fault.kind === 'permanent' ? 'transient' : fault.kind;
  return new Fault(kind, `${subject} for ${describeRow(row)}: ${fault.message}`, {
    cause: fault.cause,
    reason: `${subject}: ${fault.reason}`,
  });
}
