import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { MatcherRepository } from '../../../../application/ports/matcher-repository.ts';
import type { Result } from '../../../../application/ports/result.ts';
import { Fault } from '../../../../domain/fault.ts';
import {
  type LinkMove,
  type LinkState,
  netDeltas,
  sameLinkState,
  type TupleDelta,
} from '../../../../domain/link-move.ts';
import type { Link } from '../../../../domain/row.ts';
import { type Tuple, tupleKey } from '../../../../domain/tuple.ts';
import { Refusal } from '../../refusal.ts';
import { takeApart } from '../../take-apart.ts';
import { translateError } from '../../translate-error.ts';
import { ApplyCall } from './apply-call.ts';
import { keyIn, readAll } from '../batch-get.ts';
import { countIn, foreignCount, saysNoNumber } from './foreign-count.ts';
import { lazily } from '../lazily.ts';
import { linkStateKeyOf, linkStateOf, type LinkStateRow } from './link-state-row.ts';
import { bothOf, countsIn, type MatcherTables, statesIn } from './matcher-tables.ts';
import { type MatcherEntities, writeMoves } from './move-transaction.ts';
import { inTheWayOf, inTheWayOfAll, type Obstacles, obstaclesOf } from './obstacles.ts';
import { packMoves } from './pack-moves.ts';
import { ParamsTemplates } from '../params-templates.ts';
import { ambiguityOf, oversizeOf, tupleKeyOf, type TupleRow } from './tuple-row.ts';

/**
 * Tuple counts and link states in DynamoDB. A transaction moves as many link rows as fit: each link's state on
 * condition that it is as it was read, and one update a tuple for all of them together.
 *
 * It never waits. What others were in the way of is a conflict at once, of every move that shared the transaction;
 * only moves that shared it with links that had moved meanwhile, or with rows that were refused, are tried again,
 * without those.
 */
export class ElectroDbMatcherRepository extends MatcherRepository {
  readonly #client: DynamoDBDocumentClient;
  readonly #entities: () => Promise<MatcherEntities>;
  readonly #tables: MatcherTables;

  constructor(client: DynamoDBDocumentClient, tables: MatcherTables) {
    super();
    this.#client = client;
    this.#entities = lazily(async () => {
      const { linkStateEntity, tupleEntity } = await import('../entities.ts');
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
    const rows = await readAll<LinkStateRow>(this.#client, this.#tables.stateTable, keys, signal).catch(
      (error: unknown) => {
        throw translateError(error, statesIn(this.#tables));
      },
    );
    return rows.map((row) => (row === undefined || Fault.is(row) ? row : linkStateOf(row)));
  }

  override async apply(moves: readonly LinkMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    const results = new Map<LinkMove, Result>();
    const unsettled = () => moves.filter((move) => !results.has(move));
    for (const move of moves) {
      const fault = move.to.tuple && (ambiguityOf(move.to.tuple) ?? oversizeOf(move.to.tuple));
      if (fault !== undefined) results.set(move, fault);
    }
    const call = new ApplyCall(signal);
    try {
      for (const { own } of await this.#readCounts(unsettled(), takenFrom(unsettled()), call))
        for (const [move, result] of own) results.set(move, result);
    } catch (error) {
      call.failure = translateError(error, countsIn(this.#tables));
    }
    // One after the other: transactions of one batch share tuples, and would only meet each other.
    const outcomes = await takeApart(packMoves(unsettled()), 1, (group) => this.#transact(group, call));
    for (const [move, result] of outcomes) results.set(move, result);
    return moves.map((move) => results.get(move) ?? new Fault('transient', 'the move was given no result'));
  }

  /** Reads counts; what stands in the way of moves of theirs, as a count was not read, or is none. */
  async #readCounts(
    moves: readonly LinkMove[],
    tuples: readonly Tuple[],
    call: ApplyCall,
  ): Promise<readonly Obstacles[]> {
    const { tuples: entity, templates } = await this.#entities();
    const keys = tuples.map((tuple) =>
      keyIn(templates.fill('tuple', tupleKeyOf(tuple), (key) => entity.get(key).params())),
    );
    const rows = await readAll<TupleRow>(this.#client, this.#tables.table, keys, call.signal);
    return tuples.flatMap((tuple, index) => {
      const row = rows[index];
      // What adds to a count need not know it.
      if (Fault.is(row)) return [inTheWayOf(tuple, takersOf(tuple, moves), row)];
      const count = row === undefined ? 0 : countIn(row, tuple, this.#tables);
      if (Fault.is(count)) return [inTheWayOf(tuple, moves, count)];
      call.counts.set(tuple, count);
      return [];
    });
  }

  /**
   * Moves a group in one transaction.
   *
   * @returns one result a move, in their order; those that were refused together share one `Refusal`.
   */
  async #transact(group: readonly LinkMove[], call: ApplyCall): Promise<readonly Result[]> {
    const results = new Map<LinkMove, Result>();
    let moves = group;
    while (moves.length > 0) {
      const outcome = await this.#attempt(moves, call);
      const { own = NOBODY, shared } = outcome === 'done' ? { shared: outcome } : outcome;
      for (const [move, result] of own) results.set(move, result);
      moves = moves.filter((move) => !own.has(move));
      if (shared === undefined) continue;
      for (const move of moves) results.set(move, shared);
      break;
    }
    return group.map((move) => results.get(move) as Result);
  }

  /** As `writeMoves`, but what is not sent, or fails, stands in the way like anything else. */
  async #attempt(moves: readonly LinkMove[], call: ApplyCall): Promise<'done' | Obstacles> {
    if (call.failure !== undefined) return inTheWayOfAll(call.failure);
    if (call.signal?.aborted) return inTheWayOfAll(notTried());
    const deltas = netDeltas(moves);
    try {
      const shortage = call.counts.shortage(deltas);
      if (shortage !== undefined) return await this.#explain(shortage, moves, call);
      const outcome = await writeMoves(await this.#entities(), moves, deltas, call.counts, call.signal);
      if (outcome !== 'done') return obstaclesOf(moves, deltas, outcome, this.#tables);
      call.counts.add(deltas);
      return 'done';
    } catch (error) {
      const fault = translateError(error, bothOf(this.#tables));
      if (!(fault instanceof Refusal)) call.failure = fault;
      return (saysNoNumber(fault) && (await this.#foreignCount(moves, deltas, call))) || inTheWayOfAll(fault);
    }
  }

  /** Finds the count that somebody else wrote, where a refusal does not say which it is. */
  async #foreignCount(
    moves: readonly LinkMove[],
    deltas: readonly TupleDelta[],
    call: ApplyCall,
  ): Promise<Obstacles | undefined> {
    const tuples = deltas.map(({ tuple }) => tuple);
    const found = await this.#readCounts(moves, tuples, call).catch(() => []);
    // A count that could not be read stands in nobody's way.
    return found.find(({ own }) => own.size > 0);
  }

  /**
   * A count is never below the number of link states that hold its tuple, so a shortage means that a state has
   * moved since it was read; if none has, somebody else has changed the count.
   */
  async #explain(
    { tuple }: TupleDelta,
    moves: readonly LinkMove[],
    { signal }: ApplyCall,
  ): Promise<Obstacles> {
    const links = moves.map(({ link }) => link);
    const states = await this.load(links, signal);
    const unread = states.find((state) => Fault.is(state));
    if (unread !== undefined) return inTheWayOfAll(unread);
    const moved = moves.some(
      ({ from }, index) => !sameLinkState(from, states[index] as LinkState | undefined),
    );
    if (moved) return inTheWayOfAll('conflict');
    return inTheWayOf(tuple, moves, foreignCount(tuple, 'would fall below zero', this.#tables));
  }
}

/** The tuples whose count some move takes from: a removal of the last one must know that it is. */
function takenFrom(moves: readonly LinkMove[]): readonly Tuple[] {
  const losing = new Map<string, Tuple>();
  for (const { from } of moves) if (from?.tuple !== undefined) losing.set(tupleKey(from.tuple), from.tuple);
  return [...losing.values()];
}

function takersOf(tuple: Tuple, moves: readonly LinkMove[]): readonly LinkMove[] {
  return moves.filter(({ from }) => from?.tuple !== undefined && tupleKey(from.tuple) === tupleKey(tuple));
}

const NOBODY: ReadonlyMap<LinkMove, Result> = new Map();

function notTried(): Fault {
  return new Fault('transient', 'the call was aborted before the link was counted');
}
