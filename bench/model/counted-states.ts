import { MemoryShardStates } from '../../src/adapters/memory/memory-shard-states.ts';
import type { Advance, Claim } from '../../src/application/ports/shard-states.ts';

/** Notes of shards in memory, with the requests that they would be in DynamoDB: a query to read all of them, a write for each shard. */
export class CountedStates extends MemoryShardStates {
  readonly requests: Record<string, number> = {};

  override load(stream: string, signal?: AbortSignal) {
    this.#count('Query', 1);
    return super.load(stream, signal);
  }

  override gaps(stream: string, signal?: AbortSignal) {
    this.#count('Query', 1);
    return super.gaps(stream, signal);
  }

  override add(...[stream, shards, signal]: Parameters<MemoryShardStates['add']>) {
    this.#count('PutItem', shards.length);
    return super.add(stream, shards, signal);
  }

  override claim(stream: string, claims: readonly Claim[], owner: string, signal?: AbortSignal) {
    this.#count('UpdateItem', claims.length);
    return super.claim(stream, claims, owner, signal);
  }

  override renew(stream: string, held: readonly Claim[], owner: string, signal?: AbortSignal) {
    this.#count('UpdateItem', held.length);
    return super.renew(stream, held, owner, signal);
  }

  override advance(stream: string, moves: readonly Advance[], signal?: AbortSignal) {
    this.#count('UpdateItem', moves.length);
    return super.advance(stream, moves, signal);
  }

  #count(operation: string, requests: number): void {
    this.requests[operation] = (this.requests[operation] ?? 0) + requests;
  }
}
