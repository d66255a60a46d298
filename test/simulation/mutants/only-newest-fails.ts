import { ReconcileDefaultImage } from '../../../src/application/reconcile-default-image.ts';
import { SyncSearchDocument } from '../../../src/application/sync-search-document.ts';
import { UpdateMatcherTuple } from '../../../src/application/update-matcher-tuple.ts';
import { FailedCommands } from '../../../src/application/use-case-result.ts';
import type { Change } from '../../../src/domain/change.ts';
import { groupBy, newest } from '../../../src/domain/coalesce.ts';
import { entityKey } from '../../../src/domain/row.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'Of the records that one failed effect stood for, only the newest fails; those before it are acknowledged.',
  variant: () => ({
    search: (queue, settler) =>
      new (class extends SyncSearchDocument {
        override async execute(...args: Parameters<SyncSearchDocument['execute']>) {
          const result = await super.execute(...args);
          return { ...result, failed: newestOf(args[0], itemOf, result.failed) };
        }
      })(queue, settler),
    defaultImages: (images, settler) =>
      new (class extends ReconcileDefaultImage {
        override async execute(...args: Parameters<ReconcileDefaultImage['execute']>) {
          const result = await super.execute(...args);
          return { ...result, failed: newestOf(args[0], ({ entity }) => entityKey(entity), result.failed) };
        }
      })(images, settler),
    matcher: (matcher, settler) =>
      new (class extends UpdateMatcherTuple {
        override async execute(...args: Parameters<UpdateMatcherTuple['execute']>) {
          const result = await super.execute(...args);
          return { ...result, failed: newestOf(args[0], itemOf, result.failed) };
        }
      })(matcher, settler),
  }),
};

interface Command {
  readonly change: Change;
}

function newestOf<T extends Command>(
  commands: readonly T[],
  keyOf: (command: T) => string,
  failed: FailedCommands,
): FailedCommands {
  const fewer = new FailedCommands();
  const failing = commands.filter(({ change }) => failed.get(change) !== undefined);
  for (const group of groupBy(failing, keyOf).values()) {
    const last = newest(group);
    fewer.add([last], failed.get(last.change));
  }
  return fewer;
}

function itemOf({ change }: Command): string {
  return change.item;
}
