import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createWriteTransaction } from 'electrodb';
import { MatcherRepository } from '../../../application/ports/matcher-repository.ts';
import { Fault } from '../../../domain/fault.ts';
import { type LinkMove, type LinkState, netDeltas, type TupleDelta } from '../../../domain/link-move.ts';
import type { Link } from '../../../domain/row.ts';
import { type Tuple, tupleKey } from '../../../domain/tuple.ts';
import { compareVersions } from '../../../domain/version.ts';
import { translateError } from '../translate-error.ts';
import { jitter, type RawKey, readAll } from './batch-get.ts';
import { linkStateEntity, tupleEntity } from './entities.ts';
import { packMoves } from './pack-moves.ts';

/** How often a transaction is tried while others are in its way. */
const ATTEMPTS = 10;

/** Reasons of a cancellation that no repetition changes. */
const REFUSALS: readonly string[] = ['ValidationError', 'ItemCollectionSizeLimitExceeded'];

/** Longer than any redrive: SQS keeps dead letters for 14 days at the most. */
const TOMBSTONE_SECONDS = 30 * 24 * 60 * 60;

export interface MatcherTables {
  /** Where tuples are counted, among the rows that they are derived from. */
  readonly table: string;
  /** Where link states are. */
  readonly stateTable: string;
}

/**
 * Tuple counts and link states in DynamoDB. A transaction moves as many link rows as fit: each link's state on
 * condition that it is as it was read, and one update a tuple for all of them together.
 */
export class ElectroDbMatcherRepository extends MatcherRepository {
  readonly #tuples: ReturnType<typeof tupleEntity>;
  readonly #states: ReturnType<typeof linkStateEntity>;
  readonly #tables: MatcherTables;

  constructor(client: DynamoDBDocumentClient, tables: MatcherTables) {
    super();
    this.#tuples = tupleEntity(client, tables.table);
    this.#states = linkStateEntity(client, tables.stateTable);
    this.#tables = tables;
  }

  override async load(links: readonly Link[]): Promise<readonly (LinkState | undefined)[]> {
    const rows = await this.#translated(() => readAll<StateRow>(this.#states, links.map(stateKeyOf)));
    return rows.map((row) => row && stateOf(row));
  }

  override async apply(moves: readonly LinkMove[]): Promise<readonly ('applied' | 'conflict' | Fault)[]> {
    const results: Results = new Map();
    const refused = moves.filter(({ to }) => to.tuple !== undefined && isAmbiguous(to.tuple));
    for (const move of refused) results.set(move, ambiguous(move));
    const sound = moves.filter((move) => !results.has(move));
    try {
      const counts = await this.#readCounts(sound);
      // One after the other: transactions of one batch share tuples, and would only meet each other.
      for (const group of packMoves(sound)) await this.#transact(group, counts, results);
    } catch (error) {
      const fault = this.#translate(error);
      for (const move of sound) if (!results.has(move)) results.set(move, fault);
    }
    return moves.map((move) => results.get(move) ?? new Fault('transient', 'the move was not tried'));
  }

  /** The counts of the tuples that some move takes from: a removal of the last one must know that it is. */
  async #readCounts(moves: readonly LinkMove[]): Promise<Map<string, number>> {
    const losing = new Map<string, Tuple>();
    for (const { from } of moves) if (from?.tuple !== undefined) losing.set(tupleKey(from.tuple), from.tuple);
    const keys = [...losing.values()].map(tupleKeyOf);
    const rows = await this.#translated(() => readAll<CountRow>(this.#tuples, keys));
    return new Map([...losing.keys()].map((key, index) => [key, Number(rows[index]?.count.toString() ?? 0)]));
  }

  /** Moves a group in one transaction, and gives each of its moves its result. */
  async #transact(group: readonly LinkMove[], counts: Map<string, number>, results: Results): Promise<void> {
    let moves = group;
    for (let attempt = 1; moves.length > 0; attempt++) {
      if (attempt > 1) await sleep(jitter(attempt));
      const deltas = netDeltas(moves);
      const short = deltas.find(
        ({ tuple, delta }) => delta < 0 && (counts.get(tupleKey(tuple)) ?? 0) + delta < 0,
      );
      if (short !== undefined) {
        const reason = await this.#explainShortage(moves, short);
        if (reason instanceof Fault) return this.#bisect(moves, reason, counts, results);
        settle(moves, reason, results);
        return;
      }

      const codes = await this.#write(moves, deltas, counts);
      if (codes instanceof Fault) return this.#bisect(moves, codes, counts, results);
      if (codes.length === 0) {
        for (const { tuple, delta } of deltas)
          counts.set(tupleKey(tuple), (counts.get(tupleKey(tuple)) ?? 0) + delta);
        settle(moves, 'applied', results);
        return;
      }
      if (attempt === ATTEMPTS) {
        const reasons = [...new Set(codes.filter((code) => code !== 'None'))].join(', ');
        settle(
          moves,
          new Fault('transient', `the transaction was cancelled ${attempt} times: ${reasons}`),
          results,
        );
        return;
      }

      // Links that have moved since they were read go back to be decided on again; the others try without them.
      const stale = moves.filter((_, index) => codes[index] === 'ConditionalCheckFailed');
      settle(stale, 'conflict', results);
      moves = moves.filter((move) => !stale.includes(move));
      const countsChanged = codes.slice(codes.length - deltas.length).includes('ConditionalCheckFailed');
      if (countsChanged) for (const [key, count] of await this.#readCounts(moves)) counts.set(key, count);
    }
  }

  /** One move that DynamoDB refuses must not fail those that only travelled with it. */
  async #bisect(
    moves: readonly LinkMove[],
    refusal: Fault,
    counts: Map<string, number>,
    results: Results,
  ): Promise<void> {
    if (moves.length === 1) {
      settle(moves, refusal, results);
      return;
    }
    const half = Math.ceil(moves.length / 2);
    await this.#transact(moves.slice(0, half), counts, results);
    await this.#transact(moves.slice(half), counts, results);
  }

  /**
   * Writes the moves in one transaction.
   *
   * @returns nothing when it is done; when it was cancelled, a code for each move and then for each delta; a
   *   permanent Fault when DynamoDB refused it as it stands.
   * @throws Fault for everything else.
   */
  async #write(
    moves: readonly LinkMove[],
    deltas: readonly TupleDelta[],
    counts: ReadonlyMap<string, number>,
  ): Promise<readonly string[] | Fault> {
    const expiry = Math.floor(Date.now() / 1000) + TOMBSTONE_SECONDS;
    const transaction = createWriteTransaction(
      { tuples: this.#tuples, states: this.#states },
      ({ tuples, states }) => [
        ...moves.map(({ link, from, to }) =>
          states
            .put(stateRowOf(link, to, expiry))
            .where(({ epoch, sequence }, { eq, notExists }) =>
              from === undefined
                ? notExists(sequence)
                : `${eq(epoch, from.version.epoch)} AND ${eq(sequence, from.version.sequence)}`,
            )
            .commit(),
        ),
        ...deltas.map(({ tuple, delta }) => {
          const known = counts.get(tupleKey(tuple)) ?? 0;
          if (delta > 0) return tuples.update(tupleKeyOf(tuple)).add({ count: delta }).commit();
          if (known + delta === 0)
            return tuples
              .delete(tupleKeyOf(tuple))
              .where(({ count }, { eq }) => eq(count, known))
              .commit();
          return tuples
            .update(tupleKeyOf(tuple))
            .add({ count: delta })
            .where(({ count }, { gt }) => gt(count, -delta))
            .commit();
        }),
      ],
    );
    try {
      const { canceled, data } = await transaction.go();
      if (!canceled) return [];
      const reasons = data as readonly { readonly code: string; readonly message?: string | undefined }[];
      const refused = reasons.find(({ code }) => REFUSALS.includes(code));
      if (refused === undefined) return reasons.map(({ code }) => code);
      return new Fault('permanent', `DynamoDB refused the transaction: ${refused.message ?? refused.code}`);
    } catch (error) {
      const fault = this.#translate(error);
      if (fault.kind === 'permanent') return fault;
      throw fault;
    }
  }

  /**
   * A count is never below the number of link states that hold its tuple, so a shortage means that a state has
   * moved since it was read; if none has, somebody else has changed the count.
   */
  async #explainShortage(moves: readonly LinkMove[], { tuple }: TupleDelta): Promise<'conflict' | Fault> {
    const now = await this.load(moves.map(({ link }) => link));
    const moved = moves.some(({ from }, index) => !sameState(from, now[index]));
    if (moved) return 'conflict';
    return new Fault(
      'permanent',
      `the count of ${tupleKey(tuple)} would fall below zero: it was changed from outside`,
    );
  }

  async #translated<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #translate(error: unknown): Fault {
    const { table, stateTable } = this.#tables;
    return translateError(error, {
      resource: `table ${table} or ${stateTable}`,
      variable: 'TABLE_NAME and STATE_TABLE_NAME',
    });
  }
}

type Results = Map<LinkMove, 'applied' | 'conflict' | Fault>;

function settle(moves: readonly LinkMove[], result: 'applied' | 'conflict' | Fault, results: Results): void {
  for (const move of moves) results.set(move, result);
}

interface StateKey {
  mfr_mdl_code: string;
  serial_number: string;
}

function stateKeyOf({ code, serial }: Link): StateKey {
  return { mfr_mdl_code: code, serial_number: serial };
}

interface TupleKey {
  manufacturer: string;
  model: string;
  type_designator: string;
}

function tupleKeyOf({ manufacturer, model, typeDesignator }: Tuple): TupleKey {
  return { manufacturer, model, type_designator: typeDesignator };
}

/** A count comes as the document client's number text. */
interface CountRow extends RawKey {
  readonly count: { toString(): string };
}

interface StateRow extends RawKey {
  readonly epoch: string;
  readonly sequence: string;
  readonly removed: boolean;
  readonly manufacturer?: string | undefined;
  readonly model?: string | undefined;
  readonly type_designator?: string | undefined;
}

function stateOf({ epoch, sequence, removed, manufacturer, model, type_designator }: StateRow): LinkState {
  const tuple =
    manufacturer === undefined || model === undefined || type_designator === undefined
      ? undefined
      : { manufacturer, model, typeDesignator: type_designator };
  return { version: { epoch, sequence }, tuple, removed };
}

function stateRowOf(link: Link, { version, tuple, removed }: LinkState, expiry: number) {
  return {
    ...stateKeyOf(link),
    ...version,
    removed,
    ...(tuple === undefined ? {} : tupleKeyOf(tuple)),
    ...(removed ? { expires_at: expiry } : {}),
  };
}

function sameState(a: LinkState | undefined, b: LinkState | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return compareVersions(a.version, b.version) === 0;
}

/** The table's key for tuples joins model and type designator with this: a part that holds it could be either. */
const SEPARATOR = '#TYPE#';

function isAmbiguous({ model, typeDesignator }: Tuple): boolean {
  return model.includes(SEPARATOR) || typeDesignator.includes(SEPARATOR);
}

function ambiguous({ to }: LinkMove): Fault {
  const held = to.tuple === undefined ? '' : ` ${tupleKey(to.tuple)}`;
  return new Fault(
    'permanent',
    `the tuple${held} cannot be told apart in the table: a part of it holds ${SEPARATOR}`,
  );
}
