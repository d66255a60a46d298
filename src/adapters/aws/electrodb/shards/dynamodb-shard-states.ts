import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { PartlyWritten } from '../../../../application/ports/partly-written.ts';
import {
  type Advance,
  type Claim,
  type LeaseClaim,
  ShardStates,
} from '../../../../application/ports/shard-states.ts';
import { Fault } from '../../../../domain/fault.ts';
import type { Gap, NewShard, ShardState } from '../../../../domain/shard.ts';
import { DEFAULT_CONCURRENCY } from '../../client-defaults.ts';
import type { StateTable } from '../state-table.ts';
import { GAPS, gapIn, gapKey, gapRow, newShardRow, SHARDS, shardIn, shardKey } from './shard-rows.ts';
import { StateRows } from './state-rows.ts';

/** Which table they are in, and how it is written. */
export interface DynamoDbShardStatesOptions extends StateTable {
  /** Requests under way at a time in one call, at least 1. */
  readonly concurrency?: number;
}

/** Where so many writes of a call have failed, the others are not tried: the table cannot be reached. */
const MANY = 10;

/** A write that failed. */
interface Failed<T> {
  readonly item: T;
  readonly fault: Fault;
}

/**
 * How far the shards of streams are handled, in rows of the state table: one for each shard, all of a stream's in one partition,
 * which one query reads. Each is written by a conditional request of its own, which takes one write unit: conditions on several in one
 * request are a transaction's, which takes two for each, and is of no use where one of them does not hold.
 */
export class DynamoDbShardStates extends ShardStates {
  readonly #rows: StateRows;
  readonly #concurrency: number;

  constructor(
    client: DynamoDBDocumentClient,
    { concurrency = DEFAULT_CONCURRENCY, ...table }: DynamoDbShardStatesOptions,
  ) {
    super();
    this.#rows = new StateRows(client, table);
    this.#concurrency = concurrency;
  }

  override async load(stream: string, signal?: AbortSignal): Promise<readonly ShardState[]> {
    return (await this.#rows.query(stream, SHARDS, signal)).map(shardIn);
  }

  override async add(stream: string, shards: readonly NewShard[], signal?: AbortSignal): Promise<void> {
    await this.#each(shards, (shard) => this.#rows.putNew(newShardRow(stream, shard), signal), signal);
  }

  override async claim(
    stream: string,
    claims: readonly LeaseClaim[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<readonly ShardState[]> {
    const claim = async ({ shard, epoch, failoverMs }: LeaseClaim): Promise<readonly ShardState[]> => {
      const { isDone, row } = await this.#rows.update(
        shardKey(stream, shard),
        {
          set: '#owner = :owner, #epoch = :next, #renewals = :none, #failoverMs = :failoverMs',
          condition: '#epoch = :epoch',
          values: {
            ...{ ':owner': owner, ':next': epoch + 1, ':none': 0, ':epoch': epoch },
            ':failoverMs': failoverMs ?? null,
          },
        },
        signal,
      );
      const state = row && shardIn(row);
      // It was, by a request whose answer was lost.
      const isOwn = isDone || (state?.lease.owner === owner && state.lease.epoch === epoch + 1);
      return isOwn && state !== undefined ? [state] : [];
    };
    const { done, failed } = await this.#settled(claims, claim, signal);
    // What failed is claimed again, by itself where all others are got.
    if (done.length === 0 && failed[0] !== undefined) throw failed[0].fault;
    return done.flat();
  }

  override async renew(
    stream: string,
    held: readonly Claim[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    return this.#asHeld(stream, held, owner, '#renewals = #renewals + :one', { ':one': 1 }, signal);
  }

  override async release(
    stream: string,
    held: readonly Claim[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#asHeld(stream, held, owner, '#owner = :nobody', { ':nobody': '' }, signal);
  }

  /** Writes shards whose lease is still the owner's, and returns the others. */
  async #asHeld(
    stream: string,
    held: readonly Claim[],
    owner: string,
    set: string,
    values: Readonly<Record<string, unknown>>,
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> {
    const write = async ({ shard, epoch }: Claim): Promise<readonly string[]> => {
      const { isDone } = await this.#rows.update(
        shardKey(stream, shard),
        {
          set,
          condition: '#owner = :owner AND #epoch = :epoch',
          values: { ...values, ':owner': owner, ':epoch': epoch },
        },
        signal,
      );
      return isDone ? [] : [shard];
    };
    return this.#refused(held, write, signal);
  }

  override async advance(
    stream: string,
    moves: readonly Advance[],
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    return this.#refused(moves, (move) => this.#advance(stream, move, signal), signal);
  }

  async #advance(
    stream: string,
    { shard, epoch, frontier, complete = false }: Advance,
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> {
    const key = shardKey(stream, shard);
    const completed = {
      set: complete ? '#complete = :complete' : '#epoch = :epoch',
      condition: '#epoch = :epoch',
      values: { ':epoch': epoch, ...(complete ? { ':complete': true } : {}) },
    };
    if (frontier === undefined)
      return (await this.#rows.update(key, completed, signal)).isDone ? [] : [shard];
    // Leading zeros mean nothing, and are kept. Numbers of as many digits as another stand in the order of their texts.
    const digits = frontier.replace(/^0+/, '');
    const earlier =
      'attribute_not_exists(#digits) OR size(#digits) < :length OR (size(#digits) = :length AND #digits < :digits)';
    const { isDone, row } = await this.#rows.update(
      key,
      {
        set: `#frontier = :frontier, #digits = :digits${complete ? ', #complete = :complete' : ''}`,
        condition: `#epoch = :epoch AND (${earlier})`,
        values: { ...completed.values, ':frontier': frontier, ':digits': digits, ':length': digits.length },
      },
      signal,
    );
    if (isDone) return [];
    const there = row && shardIn(row);
    if (there?.lease.epoch !== epoch) return [shard];
    // It is as far already.
    if (!complete || there.complete) return [];
    return (await this.#rows.update(key, completed, signal)).isDone ? [] : [shard];
  }

  override async forget(stream: string, shards: readonly string[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (shards.length === 0) return;
    const states = await this.load(stream, signal);
    const needed = new Set(states.flatMap(({ parent, complete }) => (complete ? [] : [parent])));
    await this.#each(
      shards.filter((shard) => !needed.has(shard)),
      (shard) => this.#rows.remove(shardKey(stream, shard), signal),
      signal,
    );
  }

  override async noteGaps(stream: string, gaps: readonly Gap[], signal?: AbortSignal): Promise<void> {
    await this.#each(gaps, (gap) => this.#rows.putLater(gapRow(stream, gap), gap.at, signal), signal);
  }

  override async gaps(stream: string, signal?: AbortSignal): Promise<readonly Gap[]> {
    return (await this.#rows.query(stream, GAPS, signal)).map(gapIn);
  }

  override async closeGaps(stream: string, gaps: readonly Gap[], signal?: AbortSignal): Promise<void> {
    await this.#each(gaps, (gap) => this.#rows.removeNotedAt(gapKey(stream, gap), gap.at, signal), signal);
  }

  /** @throws PartlyWritten where only some could be. */
  async #refused<T extends Claim>(
    items: readonly T[],
    write: (item: T) => Promise<readonly string[]>,
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> {
    const { done, failed } = await this.#settled(items, write, signal);
    const [first] = failed;
    if (first === undefined) return done.flat();
    if (done.length === 0) throw first.fault;
    throw new PartlyWritten(
      done.flat(),
      failed.map(({ item }) => item.shard),
      first.fault,
    );
  }

  async #each<T, R>(
    items: readonly T[],
    write: (item: T) => Promise<R>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { failed } = await this.#settled(items, write, signal);
    if (failed[0] !== undefined) throw failed[0].fault;
  }

  /** Writes all, whatever becomes of some, unless many fail. */
  async #settled<T, R>(
    items: readonly T[],
    write: (item: T) => Promise<R>,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly done: readonly R[]; readonly failed: readonly Failed<T>[] }> {
    signal?.throwIfAborted();
    const done: R[] = [];
    const failed: Failed<T>[] = [];
    const writeOne = async (item: T): Promise<void> => {
      const last = failed.at(MANY - 1);
      if (last !== undefined) {
        failed.push({ item, fault: last.fault });
        return;
      }
      try {
        done.push(await write(item));
      } catch (error) {
        signal?.throwIfAborted();
        failed.push({ item, fault: Fault.from(error) });
      }
    };
    await pMap(items, writeOne, { concurrency: this.#concurrency });
    return { done, failed };
  }
}
