import { ReconcileDefaultImage } from '../../../../src/application/reconcile-default-image.ts';
import { SyncSearchDocument } from '../../../../src/application/sync-search-document.ts';
import { UpdateMatcherTuple } from '../../../../src/application/update-matcher-tuple.ts';
import type { Change } from '../../../../src/domain/change.ts';
import { groupBy, type NonEmpty } from '../../../../src/domain/coalesce.ts';
import type { Fault } from '../../../../src/domain/fault.ts';
import { entityKey } from '../../../../src/domain/pointer.ts';
import type { Variant } from '../../../../src/simulation/runs/variant.ts';

interface Command {
  readonly change: Change;
}

type Failed = ReadonlyMap<Change, Fault>;

/** Which of the commands fail, made of those that do; in groups that one effect stands for. */
type Judge = (groups: Iterable<NonEmpty<Command>>, failed: Failed) => Failed;

/** The use cases, with another judgement of what has failed. */
export function failuresJudged(judge: Judge): Pick<Variant, 'search' | 'defaultImages' | 'matcher'> {
  const itemOf = ({ change }: Command) => change.item;
  return {
    search: (...parts) => judged(new SyncSearchDocument(...parts), itemOf, judge),
    defaultImages: (...parts) =>
      judged(new ReconcileDefaultImage(...parts), ({ entity }) => entityKey(entity), judge),
    matcher: (...parts) => judged(new UpdateMatcherTuple(...parts), itemOf, judge),
  };
}

function judged<
  T extends Command,
  Limits extends readonly unknown[],
  Result extends { readonly failed: Failed },
  UseCase extends { execute(commands: readonly T[], ...limits: Limits): Promise<Result> },
>(
  useCase: UseCase & { execute(commands: readonly T[], ...limits: Limits): Promise<Result> },
  keyOf: (command: T) => string,
  judge: Judge,
): UseCase {
  const execute = useCase.execute.bind(useCase);
  useCase.execute = async (commands: readonly T[], ...limits: Limits) => {
    const result = await execute(commands, ...limits);
    return { ...result, failed: judge(groupBy(commands, keyOf).values(), result.failed) };
  };
  return useCase;
}
