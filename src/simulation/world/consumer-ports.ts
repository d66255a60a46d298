import { type ReceivedAction, SearchActionSource } from '../../application/ports/search-action-source.ts';
import type { SearchFences } from '../../application/ports/search-fences.ts';
import type { DocumentKey } from '../../domain/search-document.ts';
import type { SearchIndex } from '../../application/ports/search-index.ts';
import type { SourceRows } from '../../application/ports/source-rows.ts';
import { Fault } from '../../domain/fault.ts';
import type { IndexerPort } from '../faults/call-faults.ts';
import type { Wire } from './wire.ts';

/** What a consumer of the search queue calls. */
export interface ConsumerPorts {
  readonly source: SearchActionSource;
  readonly index: SearchIndex;
  readonly fences: SearchFences;
  readonly rows: SourceRows;
}

/** The ports as a process reaches them over a network. */
export function overWire(
  { source, index, fences, rows }: ConsumerPorts,
  wire: Wire<IndexerPort>,
): ConsumerPorts {
  return {
    source: new WiredSource(source, wire),
    index: indexWith(index, (collection, writes) =>
      wire.call({ port: 'index.apply', entries: writes }, (some) => index.apply(collection, some)),
    ),
    fences: fencesWith(
      (keys) => wire.call({ port: 'fences.load', entries: keys }, (some) => fences.load(some)),
      (moves) =>
        wire.call({ port: 'fences.advance', entries: moves }, (some) => fences.advance(some), 'conflict'),
    ),
    rows: rowsWith((keys) =>
      wire.call({ port: 'sourceRows.read', entries: keys }, (some) => rows.read(some)),
    ),
  };
}

export function indexWith(index: SearchIndex, apply: SearchIndex['apply']): SearchIndex {
  return { apply, read: index.read.bind(index), documents: index.documents.bind(index) };
}

export function fencesWith(load: SearchFences['load'], advance: SearchFences['advance']): SearchFences {
  return { load, advance, documents: noDocuments };
}

/** An indexer asks for none. */
async function* noDocuments(): AsyncGenerator<readonly DocumentKey[]> {
  yield [];
}

export function rowsWith(read: SourceRows['read']): SourceRows {
  return { read };
}

class WiredSource extends SearchActionSource {
  override readonly visibilityMs: number;
  readonly #source: SearchActionSource;
  readonly #wire: Wire<IndexerPort>;

  constructor(source: SearchActionSource, wire: Wire<IndexerPort>) {
    super();
    this.visibilityMs = source.visibilityMs;
    this.#source = source;
    this.#wire = wire;
  }

  override async receive(options: Parameters<SearchActionSource['receive']>[0]) {
    // All that is received is one answer.
    const [received] = await this.#wire.call({ port: 'source.receive', entries: [options] }, async () => [
      await this.#source.receive(options),
    ]);
    if (Fault.is(received)) throw received;
    return received ?? [];
  }

  override acknowledge(received: readonly ReceivedAction[]) {
    return this.#wire.call({ port: 'source.acknowledge', entries: received }, (some) =>
      this.#source.acknowledge(some),
    );
  }

  override giveBack(received: readonly ReceivedAction[], delayMs: number) {
    return this.#wire.call({ port: 'source.giveBack', entries: received }, (some) =>
      this.#source.giveBack(some, delayMs),
    );
  }

  override extend(received: readonly ReceivedAction[]) {
    return this.#wire.call({ port: 'source.extend', entries: received }, (some) => this.#source.extend(some));
  }
}
