import type { Container } from 'inversify';
import { indexAll } from '../../../application/index-all.ts';
import { IndexDocuments } from '../../../application/index-documents.ts';
import { SearchActionSource } from '../../../application/ports/search-action-source.ts';
import { SearchBacklog } from '../../../application/ports/search-backlog.ts';
import { Sleeper } from '../../../application/ports/sleeper.ts';

/** A search queue in the database, which every process of that brings into the index: before it says what waits, it does so. */
export class DrainedBacklog extends SearchBacklog {
  readonly #backlog: SearchBacklog;
  readonly #parts: Parameters<typeof indexAll>[0];

  constructor(container: Container) {
    super();
    this.#backlog = container.get(SearchBacklog);
    this.#parts = {
      source: container.get(SearchActionSource),
      documents: container.get(IndexDocuments),
      sleeper: container.get(Sleeper),
    };
  }

  override async waiting(signal?: AbortSignal): Promise<number> {
    await indexAll(this.#parts, signal);
    return this.#backlog.waiting(signal);
  }
}
