import { SyncSearchDocument } from '../../../src/application/sync-search-document.ts';
import { UpdateMatcherTuple } from '../../../src/application/update-matcher-tuple.ts';
import { FailedCommands } from '../../../src/application/use-case-result.ts';
import type { Change } from '../../../src/domain/change.ts';
import { groupBy } from '../../../src/domain/coalesce.ts';
import type { Mutant } from '../runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'A change that can never be carried out takes the earlier ones of its item into quarantine, which could be.',
  variant: () => ({
    search: (queue, settler) =>
      new (class extends SyncSearchDocument {
        override async execute(...args: Parameters<SyncSearchDocument['execute']>) {
          const result = await super.execute(...args);
          return { ...result, failed: withPredecessors(args[0], result.failed) };
        }
      })(queue, settler),
    matcher: (matcher, settler) =>
      new (class extends UpdateMatcherTuple {
        override async execute(...args: Parameters<UpdateMatcherTuple['execute']>) {
          const result = await super.execute(...args);
          return { ...result, failed: withPredecessors(args[0], result.failed) };
        }
      })(matcher, settler),
  }),
};

function withPredecessors(
  commands: readonly { readonly change: Change }[],
  failed: FailedCommands,
): FailedCommands {
  const more = new FailedCommands();
  for (const group of groupBy(commands, ({ change }) => change.item).values()) {
    const poison = group.flatMap(({ change }) => failed.get(change) ?? []).find(isPermanent);
    for (const command of group) {
      const fault = failed.get(command.change) ?? poison;
      if (fault !== undefined) more.add([command], fault);
    }
  }
  return more;
}

function isPermanent({ kind }: { readonly kind: string }): boolean {
  return kind === 'permanent';
}
