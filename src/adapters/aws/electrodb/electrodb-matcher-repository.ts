import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { MatcherRepository } from '../../../application/ports/matcher-repository.ts';
import { Fault } from '../../../domain/fault.ts';
import {
  type LinkMove,
  type LinkState,
  netDeltas,
  sameLinkState,
  type TupleDelta,
} from '../../../domain/link-move.ts';
import type { Link } from '../../../domain/row.ts';
import { type Tuple, tupleKey } from '../../../domain/tuple.ts';
import { Refusal } from '../refusal.ts';
import { takeApart } from '../take-apart.ts';
import { translateError } from '../translate-error.ts';
import { ApplyCall, type MoveResult } from './apply-call.ts';
import { keyIn, readAll } from './batch-get.ts';
import { lazily } from './lazily.ts';
import { linkStateKeyOf, linkStateOf, type LinkStateRow } from './link-state-row.ts';
import { type Cancellation, type MatcherEntities, writeMoves } from './move-transaction.ts';
import { packMoves } from './pack-moves.ts';
import { ParamsTemplates } from './params-templates.ts';
import { ambiguityOf, oversizeOf, tupleKeyOf, type TupleRow } from './tuple-row.ts';

export interface MatcherTables {
  /** Where tuples are counted, among the rows that they are derived from. */
  readonly table: string;
  /** Where link states are. */
  readonly stateTable: string;
}

/**
 * Tuple counts and link states in DynamoDB. A transaction moves as many link rows as fit: each link's state on
 * condition that it is as it was read, and one update a tuple for all of them together.
 *
 * It never waits. What others were in the way of is a conflict at once, of every move that shared the transaction;
 * only moves that shared it with links that had moved meanwhile are tried again, without those.
 */
export class ElectroDbMatcherRepository extends MatcherRepository {
  readonly #client: DynamoDBDocumentClient;
  readonly #entities: () => Promise<MatcherEntities>;
  readonly #tables: MatcherTables;

  constructor(client: DynamoDBDocumentClient, tables: MatcherTables) {
    super();
    this.#client = client;
    this.#entities = lazily(async () => {
      const { linkStateEntity, tupleEntity } = await import('./entities.ts');
      return {
        client,
        templates: new ParamsTemplates(),
        tuples: tupleEntity(client, tables.table),
        states: linkStateEntity(client, tables.stateTable),
      };
    });
    this.#tables = tables;
  }

  override async load(
    links: readonly Link[],
    signal?: AbortSignal,
  ): Promise<readonly (LinkState | undefined | Fault)[]> {
    const { states, templates } = await this.#entities();
    const keys = links.map((link) =>
      keyIn(templates.fill('state', linkStateKeyOf(link), (key) => states.get(key).params())),
    );
    const rows = await this.#translated(() =>
      readAll<LinkStateRow>(this.#client, this.#tables.stateTable, keys, signal),
    );
    return rows.map((row) => (row === undefined || row instanceof Fault ? row : linkStateOf(row)));
  }

  override async apply(
    moves: readonly LinkMove[],
    signal?: AbortSignal,
  ): Promise<readonly ('applied' | 'conflict' | Fault)[]> {
    const results = new Map<LinkMove, MoveResult>();
    const unsettled = () => moves.filter((move) => !results.has(move));
    for (const move of moves) {
      const fault = move.to.tuple && (ambiguityOf(move.to.tuple) ?? oversizeOf(move.to.tuple));
      if (fault !== undefined) results.set(move, fault);
    }
    const call = new ApplyCall(signal);
    try {
      for (const [move, fault] of await this.#readCounts(unsettled(), call)) results.set(move, fault);
    } catch (error) {
      call.failure = this.#translate(error);
    }
    // One after the other: transactions of one batch share tuples, and would only meet each other.
    const outcomes = await takeApart(packMoves(unsettled()), 1, (group) => this.#transact(group, call));
    for (const [move, result] of outcomes) results.set(move, result);
    return moves.map((move) => results.get(move) ?? new Fault('transient', 'the move was given no result'));
  }

  /**
   * Reads the counts that some move takes from: a removal of the last one must know that it is.
   *
   * @returns the moves whose count could not be read.
   */
  async #readCounts(moves: readonly LinkMove[], call: ApplyCall): Promise<readonly [LinkMove, Fault][]> {
    const losing = new Map<string, Tuple>();
    for (const { from } of moves) if (from?.tuple !== undefined) losing.set(tupleKey(from.tuple), from.tuple);
    const tuples = [...losing.values()];
    const { tuples: entity, templates } = await this.#entities();
    const keys = tuples.map((tuple) =>
      keyIn(templates.fill('tuple', tupleKeyOf(tuple), (key) => entity.get(key).params())),
    );
    const rows = await readAll<TupleRow>(this.#client, this.#tables.table, keys, call.signal);
    const faults = new Map<string, Fault>();
    for (const [index, tuple] of tuples.entries()) {
      const row = rows[index];
      if (row instanceof Fault) faults.set(tupleKey(tuple), row);
      else call.counts.set(tuple, Number(row?.count.toString() ?? 0));
    }
    return moves.flatMap((move): [LinkMove, Fault][] => {
      const fault = move.from?.tuple && faults.get(tupleKey(move.from.tuple));
      return fault === undefined ? [] : [[move, fault]];
    });
  }

  /**
   * Moves a group in one transaction.
   *
   * @returns one result a move, in their order; those that were refused together share one `Refusal`.
   */
  async #transact(group: readonly LinkMove[], call: ApplyCall): Promise<readonly MoveResult[]> {
    const results = new Map<LinkMove, MoveResult>();
    let moves = group;
    while (moves.length > 0) {
      const outcome = await this.#attempt(moves, call);
      const { stale = [], obstacle } = outcome === 'applied' ? { obstacle: outcome } : outcome;
      // Links that have moved since they were read go back to be decided on again; the others try without them.
      for (const move of stale) results.set(move, 'conflict');
      moves = moves.filter((move) => !results.has(move));
      if (obstacle === undefined) continue;
      const result = obstacle instanceof Error ? this.#translate(obstacle) : obstacle;
      for (const move of moves) results.set(move, result);
      break;
    }
    return group.map((move) => results.get(move) as MoveResult);
  }

  /** As `writeMoves`, but what is not sent, or fails, is an obstacle like any other. */
  async #attempt(moves: readonly LinkMove[], call: ApplyCall): Promise<'applied' | Cancellation> {
    if (call.failure !== undefined) return { stale: [], obstacle: call.failure };
    if (call.signal?.aborted) return { stale: [], obstacle: notTried() };
    const deltas = netDeltas(moves);
    try {
      const shortage = call.counts.shortage(deltas);
      if (shortage !== undefined) return { stale: [], obstacle: await this.#explain(shortage, moves, call) };
      const outcome = await writeMoves(await this.#entities(), moves, deltas, call.counts, call.signal);
      if (outcome === 'applied') call.counts.add(deltas);
      return outcome;
    } catch (error) {
      const fault = this.#translate(error);
      if (!(fault instanceof Refusal)) call.failure = fault;
      return { stale: [], obstacle: fault };
    }
  }

  /**
   * A count is never below the number of link states that hold its tuple, so a shortage means that a state has
   * moved since it was read; if none has, somebody else has changed the count.
   */
  async #explain(
    { tuple }: TupleDelta,
    moves: readonly LinkMove[],
    { signal }: ApplyCall,
  ): Promise<'conflict' | Fault> {
    const links = moves.map(({ link }) => link);
    const states = await this.load(links, signal);
    const unread = states.find((state) => state instanceof Fault);
    if (unread !== undefined) return unread;
    const moved = moves.some(
      ({ from }, index) => !sameLinkState(from, states[index] as LinkState | undefined),
    );
    if (moved) return 'conflict';
    return new Refusal(
      `the count of ${tupleKey(tuple)} in table ${this.#tables.table} would fall below zero: it was changed from outside`,
      {
        refusedFor: 'setting',
        advice:
          'let nothing but Contrail write counts, and set this one to the number of link rows that hold the tuple',
        reason: 'a count would fall below zero',
      },
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

function notTried(): Fault {
  return new Fault('transient', 'the call was aborted before the link was counted');
}
