import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { MatcherRepository } from '../../../../application/ports/matcher-repository.ts';
import type { Result } from '../../../../application/result.ts';
import type { CountCorrection } from '../../../../domain/count-correction.ts';
import type { CountedRow, CountMove, CountState } from '../../../../domain/count-move.ts';
import type { Fault } from '../../../../domain/fault.ts';
import { ApplyMoves } from './apply-moves.ts';
import { correctCount } from './correct-count.ts';
import { loadCountStates } from './count-states.ts';
import type { KeyedTables, MatcherTables } from './matcher-tables.ts';

/**
 * Counts, and what was counted for each row, in DynamoDB. A transaction moves as many rows as fit: each row's state on
 * condition that it is as it was read or assumed, and one update per count for all of them together.
 *
 * It never waits. Where others were in the way, every move that shared the transaction is `busy` at once;
 * only moves that shared it with rows whose state had moved meanwhile, or with what was refused, are tried again,
 * without those.
 */
export class ElectroDbMatcherRepository extends MatcherRepository {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: MatcherTables;
  #keyed: Promise<KeyedTables> | undefined;

  constructor(client: DynamoDBDocumentClient, tables: MatcherTables) {
    super();
    this.#client = client;
    this.#tables = tables;
  }

  override async load(
    rows: readonly CountedRow[],
    signal?: AbortSignal,
  ): Promise<readonly (CountState | undefined | Fault)[]> {
    return loadCountStates(this.#client, await this.#loaded(), rows, signal);
  }

  override async look(
    rows: readonly CountedRow[],
    signal?: AbortSignal,
  ): Promise<readonly (CountState | undefined | Fault)[]> {
    return loadCountStates(this.#client, await this.#loaded(), rows, signal, 'look');
  }

  override async apply(moves: readonly CountMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    return new ApplyMoves(this.#client, await this.#loaded(), signal).execute(moves);
  }

  override async correct(
    corrections: readonly CountCorrection[],
    signal?: AbortSignal,
  ): Promise<readonly Result[]> {
    const results: Result[] = [];
    for (const correction of corrections)
      results.push(await correctCount(this.#client, this.#tables, correction, signal));
    return results;
  }

  /** ElectroDB makes the keys of states, and is loaded with the first batch that counts: a cold start can do without it. */
  #loaded(): Promise<KeyedTables> {
    return (this.#keyed ??= import('../keys.ts').then((stateKeys) => ({ ...this.#tables, stateKeys })));
  }
}
