import { SyncSearchDocument } from '../../../src/application/sync-search-document.ts';
import { UpdateMatcherTuple } from '../../../src/application/update-matcher-tuple.ts';
import type { Change } from '../../../src/domain/change.ts';
import { groupBy } from '../../../src/domain/coalesce.ts';
import type { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'A change that can never be carried out takes the earlier ones of its item into quarantine, which could be.',
  variant: () => ({
    search: (queue, retrier) =>
      new (class extends SyncSearchDocument {
        override async execute(...args: Parameters<SyncSearchDocument['execute']>) {
          const result = await super.execute(...args);
          return { ...result, failed: withPredecessors(args[0], result.failed) };
        }
      })(queue, retrier),
    matcher: (matcher, retrier) =>
      new (class extends UpdateMatcherTuple {
        override async execute(...args: Parameters<UpdateMatcherTuple['execute']>) {
          const result = await super.execute(...args);
          return { ...result, failed: withPredecessors(args[0], result.failed) };
        }
      })(matcher, retrier),
  }),
};

function withPredecessors(
  commands: readonly { readonly change: Change }[],
  failed: ReadonlyMap<Change, Fault>,
): ReadonlyMap<Change, Fault> {
  const more = new Map<Change, Fault>();
  for (const group of groupBy(commands, ({ change }) => change.item).values()) {
    const poison = group.flatMap(({ change }) => failed.get(change) ?? []).find(isPermanent);
    for (const { change } of group) {
      const fault = failed.get(change) ?? poison;
      if (fault !== undefined) more.set(change, fault);
    }
  }
  return more;
}

function isPermanent({ kind }: { readonly kind: string }): boolean {
  return kind === 'permanent';
}
