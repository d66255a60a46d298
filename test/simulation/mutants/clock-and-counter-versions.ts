import type { SearchQueue } from '../../../src/application/ports/search-queue.ts';
import { SyncSearchDocument } from '../../../src/application/sync-search-document.ts';
import type { Retrier } from '../../../src/application/retry.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import type { SyncSearchDocumentCommand } from '../../../src/domain/command.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { queueWith } from '../../../src/simulation/world/ports.ts';
import { ruledEngine } from './parts/ruled-engine.ts';

/** More changes than any second has. */
const A_SECOND = 1_000_000;

type Stamps = WeakMap<SearchAction['version'], number>;

// Seen in data-prepper. Changes of one second, handled by two processes, or before and after a restart, get versions
// in any order. The queue still knows the changes' true identities; the index knows these versions alone.
export const mutant: Mutant = {
  mistake:
    'The version is the second of the change and a counter in the process, which starts again at nought with the process.',
  variant: () => {
    const stamps: Stamps = new WeakMap();
    const stampOf = (write: Pick<SearchAction, 'version'>) => stamps.get(write.version) ?? 0;
    return {
      search: (queue, retrier) => new StampingSearch(queue, retrier, stamps),
      ...ruledEngine({ isNewer: (write, last) => stampOf(write) > stampOf(last) }),
    };
  },
};

class StampingSearch extends SyncSearchDocument {
  readonly #stampOf: Map<SearchAction['identity'], number>;
  #second = 0;
  #counter = 0;

  constructor(queue: SearchQueue, retrier: Retrier, stamps: Stamps) {
    const stampOf = new Map<SearchAction['identity'], number>();
    const stamping = queueWith((actions, signal) => {
      for (const action of actions) stamps.set(action.version, stampOf.get(action.identity) ?? 0);
      return queue.send(actions, signal);
    });
    super(stamping, retrier);
    this.#stampOf = stampOf;
  }

  override execute(commands: readonly SyncSearchDocumentCommand[], limit: TimeLimit) {
    for (const { change } of commands)
      this.#stampOf.set(change.identity, this.#next((change.at ?? 0) / 1000));
    return super.execute(commands, limit);
  }

  #next(second: number): number {
    this.#counter = second === this.#second ? this.#counter + 1 : 0;
    this.#second = second;
    return second * A_SECOND + this.#counter;
  }
}
