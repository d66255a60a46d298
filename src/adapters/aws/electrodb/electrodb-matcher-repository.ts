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
import { translateError } from '../translate-error.ts';
import { ApplyCall } from './apply-call.ts';
import { keyIn, readAll } from './batch-get.ts';
import { lazily } from './lazily.ts';
import { linkStateKeyOf, linkStateOf, type LinkStateRow } from './link-state-row.ts';
import { type Cancellation, type MatcherEntities, writeMoves } from './move-transaction.ts';
import { packMoves } from './pack-moves.ts';
import { ParamsTemplates } from './params-templates.ts';
import { ambiguityOf, tupleKeyOf, type TupleRow } from './tuple-row.ts';

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
    const call = new ApplyCall(signal);
    for (const move of moves) {
      const ambiguity = move.to.tuple && ambiguityOf(move.to.tuple);
      if (ambiguity !== undefined) call.settle([move], ambiguity);
    }
    try {
      await this.#readCounts(call.unsettled(moves), call);
      // One after the other: transactions of one batch share tuples, and would only meet each other.
      for (const group of packMoves(call.unsettled(moves))) await this.#transact(group, call);
    } catch (error) {
      call.settle(call.unsettled(moves), this.#translate(error));
    }
    return call.resultsOf(moves);
  }

  /** Reads the counts that some move takes from: a removal of the last one must know that it is. */
  async #readCounts(moves: readonly LinkMove[], call: ApplyCall): Promise<void> {
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
    for (const move of moves) {
      const fault = move.from?.tuple && faults.get(tupleKey(move.from.tuple));
      if (fault !== undefined) call.settle([move], fault);
    }
  }

  /** Moves a group in one transaction, and gives each of its moves its result. */
  async #transact(group: readonly LinkMove[], call: ApplyCall): Promise<void> {
    let moves = group;
    while (moves.length > 0) {
      if (call.signal?.aborted) {
        call.settle(moves, notTried());
        return;
      }
      const deltas = netDeltas(moves);
      const shortage = call.counts.shortage(deltas);
      const outcome =
        shortage === undefined
          ? await this.#write(moves, deltas, call)
          : { stale: [], obstacle: await this.#explain(shortage, moves, call) };
      if (outcome === 'applied') {
        call.counts.add(deltas);
        call.settle(moves, 'applied');
        return;
      }

      // Links that have moved since they were read go back to be decided on again; the others try without them.
      call.settle(outcome.stale, 'conflict');
      moves = call.unsettled(moves);
      if (outcome.obstacle === undefined) continue;
      const obstacle = outcome.obstacle === 'conflict' ? 'conflict' : this.#translate(outcome.obstacle);
      const isRefusal = obstacle instanceof Fault && obstacle.kind === 'permanent';
      if (!isRefusal || moves.length === 1) {
        call.settle(moves, obstacle);
        return;
      }
      // One move that DynamoDB refuses must not fail those that only travelled with it.
      const half = Math.ceil(moves.length / 2);
      await this.#transact(moves.slice(0, half), call);
      moves = moves.slice(half);
    }
  }

  /** As `writeMoves`, but a refusal of the whole request is an obstacle like any other. */
  async #write(
    moves: readonly LinkMove[],
    deltas: readonly TupleDelta[],
    call: ApplyCall,
  ): Promise<'applied' | Cancellation> {
    try {
      return await writeMoves(await this.#entities(), moves, deltas, call.counts, call.signal);
    } catch (error) {
      const fault = this.#translate(error);
      if (fault.kind === 'permanent') return { stale: [], obstacle: fault };
      throw fault;
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

function notTried(): Fault {
  return new Fault('transient', 'the call was aborted before the link was counted');
}
