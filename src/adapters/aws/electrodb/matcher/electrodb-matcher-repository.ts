import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { MatcherRepository } from '../../../../application/ports/matcher-repository.ts';
import type { Result } from '../../../../application/result.ts';
import type { Fault } from '../../../../domain/fault.ts';
import type { LinkMove, LinkState } from '../../../../domain/link-move.ts';
import type { Link } from '../../../../domain/row.ts';
import { ApplyMoves } from './apply-moves.ts';
import { loadLinkStates } from './link-states.ts';
import type { KeyedTables, MatcherTables } from './matcher-tables.ts';

/**
 * Tuple counts and link states in DynamoDB. A transaction moves as many link rows as fit: each link's state on
 * condition that it is as it was read, and one update per tuple for all of them together.
 *
 * It never waits. What others were in the way of is a conflict at once, of every move that shared the transaction;
 * only moves that shared it with links that had moved meanwhile, or with rows that were refused, are tried again,
 * without those.
 */
export class ElectroDbMatcherRepository extends MatcherRepository {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: MatcherTables;

  constructor(client: DynamoDBDocumentClient, tables: MatcherTables) {
    super();
    this.#client = client;
    this.#tables = tables;
  }

  override async load(
    links: readonly Link[],
    signal?: AbortSignal,
  ): Promise<readonly (LinkState | undefined | Fault)[]> {
    return loadLinkStates(this.#client, await this.#loaded(), links, signal);
  }

  override async apply(moves: readonly LinkMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    return new ApplyMoves(this.#client, await this.#loaded(), signal).execute(moves);
  }

  /** ElectroDB makes the keys, and is loaded with the first batch that has links: a cold start can do without it. */
  async #loaded(): Promise<KeyedTables> {
    return { ...this.#tables, keys: await import('../keys.ts') };
  }
}
