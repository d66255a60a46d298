import { SearchQueue } from '../../../application/ports/search-queue.ts';
import type { Done } from '../../../application/result.ts';

/** A queue of which one collection's actions alone come to the indexer: what the others' say is over at once. */
export class CollectionQueue extends SearchQueue {
  /** Of all documents that an action told of: whether they are there. */
  readonly ids = new Map<string, boolean>();
  readonly #inner: SearchQueue;
  readonly #collection: string;

  constructor(inner: SearchQueue, collection: string) {
    super();
    this.#inner = inner;
    this.#collection = collection;
  }

  override async send(...[actions, signal]: Parameters<SearchQueue['send']>): Promise<readonly Done[]> {
    const own = actions.filter(({ key }) => key.collection === this.#collection);
    const results = (await this.#inner.send(own, signal)).values();
    return actions.map((action): Done => {
      if (action.key.collection !== this.#collection) return 'done';
      const result = results.next().value as Done;
      if (result === 'done') this.ids.set(action.key.id, action.document !== undefined);
      return result;
    });
  }
}
