import { ImageRepository } from '../../../src/application/ports/image-repository.ts';
import { MatcherRepository } from '../../../src/application/ports/matcher-repository.ts';
import { Quarantine } from '../../../src/application/ports/quarantine.ts';
import { SearchQueue } from '../../../src/application/ports/search-queue.ts';
import { TableReplica } from '../../../src/application/ports/table-replica.ts';

/** The ports that a worker calls, as what they do. */
export interface Ports {
  readonly queue: Pick<SearchQueue, 'send'>;
  readonly images: Pick<ImageRepository, 'load' | 'save'>;
  readonly matcher: Pick<MatcherRepository, 'load' | 'apply'>;
  readonly replica: Pick<TableReplica, 'apply'>;
  readonly quarantine: Pick<Quarantine, 'keep'> | undefined;
}

export class CalledQueue extends SearchQueue {
  readonly #does: Ports['queue'];

  constructor(does: Ports['queue']) {
    super();
    this.#does = does;
  }

  override send(...asked: Parameters<SearchQueue['send']>) {
    return this.#does.send(...asked);
  }
}

export class CalledImages extends ImageRepository {
  readonly #does: Ports['images'];

  constructor(does: Ports['images']) {
    super();
    this.#does = does;
  }

  override load(...asked: Parameters<ImageRepository['load']>) {
    return this.#does.load(...asked);
  }

  override save(...asked: Parameters<ImageRepository['save']>) {
    return this.#does.save(...asked);
  }
}

export class CalledMatcher extends MatcherRepository {
  readonly #does: Ports['matcher'];

  constructor(does: Ports['matcher']) {
    super();
    this.#does = does;
  }

  override load(...asked: Parameters<MatcherRepository['load']>) {
    return this.#does.load(...asked);
  }

  override apply(...asked: Parameters<MatcherRepository['apply']>) {
    return this.#does.apply(...asked);
  }
}

export class CalledReplica extends TableReplica {
  readonly #does: Ports['replica'];

  constructor(does: Ports['replica']) {
    super();
    this.#does = does;
  }

  override apply(...asked: Parameters<TableReplica['apply']>) {
    return this.#does.apply(...asked);
  }
}

export class CalledQuarantine extends Quarantine {
  readonly #does: Pick<Quarantine, 'keep'>;

  constructor(does: Pick<Quarantine, 'keep'>) {
    super();
    this.#does = does;
  }

  override keep(...asked: Parameters<Quarantine['keep']>) {
    return this.#does.keep(...asked);
  }
}
