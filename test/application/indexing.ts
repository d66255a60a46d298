import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { MemorySearchEngine } from '../../src/adapters/memory/memory-search-engine.ts';
import { MemorySearchFences } from '../../src/adapters/memory/memory-search-fences.ts';
import { IndexDocuments } from '../../src/application/index-documents.ts';
import type { ReceivedAction } from '../../src/application/ports/search-action-source.ts';
import {
  type CollectionWrite,
  type DocumentWrite,
  SearchIndex,
} from '../../src/application/ports/search-index.ts';
import { groupBy } from '../../src/domain/coalesce.ts';
import { SearchFences } from '../../src/application/ports/search-fences.ts';
import { SourceRows } from '../../src/application/ports/source-rows.ts';
import type { Done, Result } from '../../src/application/result.ts';
import type { RetryPolicy } from '../../src/application/retry.ts';
import { Fault } from '../../src/domain/fault.ts';
import { type ItemKey, itemKey } from '../../src/domain/row.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import type { DocumentKey } from '../../src/domain/search-document.ts';
import type { SearchFence, SearchFenceMove } from '../../src/domain/search-fence.ts';
import type { Attributes } from '../../src/domain/value.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { attributes, version } from '../support/factories.ts';
import { aRetrier } from './doubles.ts';

/** What is asked of an index, and what happens around its calls. */
interface Hooks {
  /** Before an import takes effect; what it returns is the answer, and then nothing is written. */
  apply?: (
    collection: string,
    writes: readonly DocumentWrite[],
  ) => Promise<readonly Done[] | undefined> | undefined;
  /** After an import took effect; what it returns is the answer. */
  applied?: (writes: readonly DocumentWrite[], results: readonly Done[]) => readonly Done[] | undefined;
  load?: () => Promise<void> | undefined;
  /** What it returns is the answer, and then nothing is moved. */
  advance?: (moves: readonly SearchFenceMove[]) => Promise<readonly Result[] | undefined> | undefined;
  read?: () => Promise<readonly Fault[] | undefined> | undefined;
}

/** An index with its fences and the fleet's registrations N1, N2, …, in memory, of which each call can be made to go wrong. */
export class Indexing {
  readonly engine = new MemorySearchEngine();
  readonly store = new MemorySearchFences();
  readonly table = new Map<string, Attributes>();
  readonly metrics = new MemoryMetrics();
  hooks: Hooks = {};
  /** The calls that write, by their collection and the ids they are about. */
  readonly imports: string[] = [];

  /** A consumer of its own. */
  consumer(
    policy: Partial<RetryPolicy> = {},
    hooks?: Hooks,
    { takesAll = false }: { readonly takesAll?: boolean } = {},
  ): IndexDocuments {
    const own = () => hooks ?? this.hooks;
    return new IndexDocuments({
      model: fleet.model,
      index: takesAll ? new IndexOfAll(this, own) : new HookedIndex(this, own),
      fences: new HookedFences(this, own),
      rows: new HookedRows(this, own),
      retrier: aRetrier(policy, this.metrics),
    });
  }

  putRow(name: string, model: string): void {
    this.table.set(itemKey(rowKey(name)), attributes({ registration: name, model }));
  }

  /** What the index says of a registration's model; `none` where it has no document. */
  async modelOf(name: string): Promise<unknown> {
    const { collection, id } = documentKey(name);
    const [document] = await this.engine.read(collection, [id]);
    return document === undefined ? 'none' : document['model'];
  }

  async fenceOf(name: string): Promise<SearchFence | undefined> {
    return (await this.store.load([documentKey(name)]))[0];
  }
}

class HookedIndex extends SearchIndex {
  override readonly read: SearchIndex['read'];
  override readonly documents: SearchIndex['documents'];
  protected readonly world: Indexing;
  readonly #hooks: () => Hooks;

  constructor(world: Indexing, hooks: () => Hooks) {
    super();
    this.world = world;
    this.#hooks = hooks;
    this.read = world.engine.read.bind(world.engine);
    this.documents = world.engine.documents.bind(world.engine);
  }

  override async apply(collection: string, writes: readonly DocumentWrite[]) {
    this.world.imports.push(`${collection} ${writes.map(({ id }) => id).join()}`);
    const answer = await this.#hooks().apply?.(collection, writes);
    if (answer !== undefined) return answer;
    const results = await this.world.engine.apply(collection, writes);
    return this.#hooks().applied?.(writes, results) ?? results;
  }
}

/** One that takes documents of all collections at once. Each of these that a call is about is asked of the hooks. */
class IndexOfAll extends HookedIndex {
  override async applyToAll(writes: readonly CollectionWrite[]) {
    const results = new Map<CollectionWrite, Done>();
    const before = this.world.imports.length;
    for (const [collection, some] of groupBy(writes, (one) => one.collection)) {
      const done = await this.apply(
        collection,
        some.map(({ write }) => write),
      );
      for (const [index, one] of some.entries()) results.set(one, done[index] as Done);
    }
    this.world.imports.push(this.world.imports.splice(before).join(' and '));
    return writes.map((one) => results.get(one) as Done);
  }
}

class HookedFences extends SearchFences {
  override readonly load: SearchFences['load'];
  override readonly advance: SearchFences['advance'];
  override readonly documents: SearchFences['documents'];

  constructor({ store }: Indexing, hooks: () => Hooks) {
    super();
    this.documents = (...given) => store.documents(...given);
    this.load = async (keys) => {
      const found = await store.load(keys);
      await hooks().load?.();
      return found;
    };
    this.advance = async (moves) => (await hooks().advance?.(moves)) ?? store.advance(moves);
  }
}

class HookedRows extends SourceRows {
  override readonly read: SourceRows['read'];

  constructor({ table }: Indexing, hooks: () => Hooks) {
    super();
    this.read = async (keys) => {
      const found = keys.map((key) => table.get(itemKey(key)));
      return (await hooks().read?.()) ?? found;
    };
  }
}

export function documentKey(name: string): DocumentKey {
  return { collection: 'registry', id: `FAA:${name}` };
}

function rowKey(name: string): ItemKey {
  return { partition: 'AIRCRAFT#REGISTRY#FAA', sort: `DETAIL#${name}` };
}

/** That a registration has this model, from this version on; no model: that it is gone. */
export function action(name: string, sequence: number, model?: string): SearchAction {
  const key = documentKey(name);
  return {
    key,
    version: version(sequence),
    identity: { stream: '', sequence: String(sequence) },
    document: model === undefined ? undefined : { id: key.id, model },
    row: rowKey(name),
  };
}

let messages = 0;

export function received(of: SearchAction | Fault, parts: Partial<ReceivedAction> = {}): ReceivedAction {
  const message = `message-${++messages}`;
  return {
    ...{ action: of, receipt: message, message, receives: 1, sentAt: undefined },
    group: Fault.is(of) ? message : of.key.id,
    ...parts,
  };
}
