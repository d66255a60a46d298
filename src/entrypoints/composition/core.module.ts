import { ContainerModule } from 'inversify';
import { Clock } from '../../application/ports/clock.ts';
import { ImageRepository } from '../../application/ports/image-repository.ts';
import { Logger } from '../../application/ports/logger.ts';
import { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import { SearchQueue } from '../../application/ports/search-queue.ts';
import { TableReplica } from '../../application/ports/table-replica.ts';
import { ProcessBatch } from '../../application/process-batch.ts';
import { ReconcileDefaultImage } from '../../application/reconcile-default-image.ts';
import { SyncSearchDocument } from '../../application/sync-search-document.ts';
import { UpdateMatcherTuple } from '../../application/update-matcher-tuple.ts';

/** The use cases, on whatever ports the other modules bind. */
export const coreModule = new ContainerModule(({ bind }) => {
  bind(SyncSearchDocument).toResolvedValue((queue) => new SyncSearchDocument(queue), [SearchQueue]);
  bind(ReconcileDefaultImage).toResolvedValue(
    (images) => new ReconcileDefaultImage(images),
    [ImageRepository],
  );
  bind(UpdateMatcherTuple).toResolvedValue((matcher) => new UpdateMatcherTuple(matcher), [MatcherRepository]);
  bind(ProcessBatch).toDynamicValue(
    (context) =>
      new ProcessBatch({
        search: context.get(SyncSearchDocument),
        defaultImages: context.get(ReconcileDefaultImage),
        matcher: context.get(UpdateMatcherTuple),
        // Only backends that keep the table's rows themselves bind one.
        replica: context.get(TableReplica, { optional: true }),
        clock: context.get(Clock),
        logger: context.get(Logger),
      }),
  );
});
