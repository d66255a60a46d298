import { DEFAULT_CONCURRENCY } from '../../src/adapters/aws/client-defaults.ts';
import { MemorySearchFences } from '../../src/adapters/memory/memory-search-fences.ts';
import type { DocumentKey } from '../../src/domain/search-document.ts';
import type { SearchFenceMove } from '../../src/domain/search-fence.ts';
import { REAL_TIME } from './model-time.ts';

/** Of one BatchGetItem. */
const KEYS = 100;

/**
 * Fences in memory that take as long as those in DynamoDB: a request for each hundred that are read, one for each that is
 * moved, and so many at a time. The SDK's own time is not in it.
 */
export class ModelledFences extends MemorySearchFences {
  readonly #latencyMs: number;

  constructor(latencyMs: number) {
    super();
    this.#latencyMs = latencyMs;
  }

  override async load(keys: readonly DocumentKey[], signal?: AbortSignal) {
    await this.#wait(Math.ceil(keys.length / KEYS));
    return super.load(keys, signal);
  }

  override async advance(moves: readonly SearchFenceMove[], signal?: AbortSignal) {
    await this.#wait(moves.length);
    return super.advance(moves, signal);
  }

  #wait(requests: number): Promise<void> {
    return REAL_TIME.pause(this.#latencyMs * Math.ceil(requests / DEFAULT_CONCURRENCY));
  }
}
