import { MemorySearchEngine } from '../../../../src/adapters/memory/memory-search-engine.ts';
import type { DocumentWrite } from '../../../../src/application/ports/search-index.ts';
import { fencesWith } from '../../../../src/simulation/world/consumer-ports.ts';
import type { Variant } from '../../../../src/simulation/runs/variant.ts';

export interface EngineRules {
  /** The id that a document is stored under. */
  idOf?(id: string): string;
  /** Whether a write takes effect on a document that `last` made what it is: written or deleted. */
  isNewer?(write: DocumentWrite, last: DocumentWrite): boolean;
}

/** A search engine that compares versions itself, by rules of its own, and an indexer that leaves that to it. */
export function ruledEngine(rules: EngineRules): Partial<Variant> {
  return {
    engine: () => new RuledEngine(rules),
    fences: () =>
      fencesWith(
        async (keys) => keys.map(() => undefined),
        async (moves) => moves.map(() => 'done'),
      ),
  };
}

class RuledEngine extends MemorySearchEngine {
  readonly #rules: EngineRules;
  readonly #last = new Map<
    string,
    { readonly key: { collection: string; id: string }; write: DocumentWrite }
  >();

  constructor(rules: EngineRules) {
    super();
    this.#rules = rules;
  }

  override async apply(collection: string, writes: readonly DocumentWrite[]) {
    for (const write of writes) {
      const name = `${collection} ${this.#rules.idOf?.(write.id) ?? write.id}`;
      const last = this.#last.get(name);
      if (last === undefined || this.#rules.isNewer?.(write, last.write) !== false)
        this.#last.set(name, { key: { collection, id: write.id }, write });
    }
    return writes.map(() => 'done' as const);
  }

  override *all() {
    for (const { key, write } of this.#last.values())
      if (write.document !== undefined) yield { key, fields: write.document };
  }
}
