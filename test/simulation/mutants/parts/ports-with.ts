import { ImageRepository } from '../../../../src/application/ports/image-repository.ts';
import { MatcherRepository } from '../../../../src/application/ports/matcher-repository.ts';
import { Quarantine } from '../../../../src/application/ports/quarantine.ts';
import { SearchQueue } from '../../../../src/application/ports/search-queue.ts';

/** A queue that sends in another way. */
export function queueWith(send: SearchQueue['send']): SearchQueue {
  return new (class extends SearchQueue {
    override readonly send = send;
  })();
}

/** A quarantine that keeps in another way. */
export function quarantineWith(keep: Quarantine['keep']): Quarantine {
  return new (class extends Quarantine {
    override readonly keep = keep;
  })();
}

/** Images that are read or written in another way. */
export function imagesWith(
  images: ImageRepository,
  changes: Partial<Pick<ImageRepository, 'load' | 'save'>>,
): ImageRepository {
  return new (class extends ImageRepository {
    override readonly load = changes.load ?? images.load.bind(images);
    override readonly save = changes.save ?? images.save.bind(images);
  })();
}

/** Counts that are moved in another way. */
export function matcherWith(
  matcher: MatcherRepository,
  apply: MatcherRepository['apply'],
): MatcherRepository {
  return new (class extends MatcherRepository {
    override readonly load = matcher.load.bind(matcher);
    override readonly apply = apply;
  })();
}
