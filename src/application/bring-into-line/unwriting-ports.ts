import { DerivedRowRepository } from '../ports/derived-row-repository.ts';
import { EffectLog } from '../ports/effect-log.ts';
import { ImageRepository } from '../ports/image-repository.ts';
import { MatcherRepository } from '../ports/matcher-repository.ts';
import { SearchQueue } from '../ports/search-queue.ts';

/* Ports that read, and answer to what is to be written as if it were. */

export async function allDone(given: readonly unknown[]): Promise<readonly 'done'[]> {
  return given.map(() => 'done');
}

export class UnwritingMatcher extends MatcherRepository {
  override readonly load: MatcherRepository['load'];
  override readonly apply = allDone;
  override readonly correct = allDone;

  constructor(matcher: MatcherRepository) {
    super();
    this.load = (...given) => matcher.look(...given);
  }
}

export class UnwritingDerivedRows extends DerivedRowRepository {
  override readonly load: DerivedRowRepository['load'];
  override readonly read: DerivedRowRepository['read'];
  override readonly apply = allDone;
  override readonly discard = allDone;

  constructor(rows: DerivedRowRepository) {
    super();
    this.load = (...given) => rows.load(...given);
    this.read = (...given) => rows.read(...given);
  }
}

export class UnwritingImages extends ImageRepository {
  override readonly load: ImageRepository['load'];
  override readonly save: ImageRepository['save'];

  constructor(images: ImageRepository, save: ImageRepository['save'] = allDone) {
    super();
    this.load = (...given) => images.load(...given);
    this.save = save;
  }
}

export class UnwritingLog extends EffectLog {
  override readonly load: EffectLog['load'];
  override readonly advance = allDone;

  constructor(log: EffectLog) {
    super();
    this.load = (...given) => log.load(...given);
  }
}

export class UnwritingQueue extends SearchQueue {
  override readonly send = allDone;
}
