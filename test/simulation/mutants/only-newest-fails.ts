import { ReconcileDefaultImage } from '../../../src/application/reconcile-default-image.ts';
import { SyncSearchDocument } from '../../../src/application/sync-search-document.ts';
import { UpdateMatcherTuple } from '../../../src/application/update-matcher-tuple.ts';
import type { Change } from '../../../src/domain/change.ts';
import { groupBy, newest } from '../../../src/domain/coalesce.ts';
import type { Fault } from '../../../src/domain/fault.ts';
import { entityKey } from '../../../src/domain/row.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'Of the records that one failed effect stood for, only the newest fails; those before it are acknowledged.',
  variant: () => ({
    search: (queue, retrier) =>
      new (class extends SyncSearchDocument {
        override async execute(...args: Parameters<SyncSearchDocument['execute']>) {
          const result = await super.execute(...args);
          return { ...result, failed: newestOf(args[0], itemOf, result.failed) };
        }
      })(queue, retrier),
    defaultImages: (images, retrier) =>
      new (class extends ReconcileDefaultImage {
        override async execute(...args: Parameters<ReconcileDefaultImage['execute']>) {
          const result = await super.execute(...args);
          return { ...result, failed: newestOf(args[0], ({ entity }) => entityKey(entity), result.failed) };
        }
      })(images, retrier),
    matcher: (matcher, retrier) =>
      new (class extends UpdateMatcherTuple {
        override async execute(...args: Parameters<UpdateMatcherTuple['execute']>) {
          const result = await super.execute(...args);
          return { ...result, failed: newestOf(args[0], itemOf, result.failed) };
        }
      })(matcher, retrier),
  }),
};

interface Command {
  readonly change: Change;
}

function newestOf<T extends Command>(
  commands: readonly T[],
  keyOf: (command: T) => string,
  failed: ReadonlyMap<Change, Fault>,
): ReadonlyMap<Change, Fault> {
  const failing = commands.filter(({ change }) => failed.has(change));
  const last = new Set([...groupBy(failing, keyOf).values()].map((group) => newest(group).change));
  return new Map([...failed].filter(([change]) => last.has(change)));
}

function itemOf({ change }: Command): string {
  return change.item;
}
