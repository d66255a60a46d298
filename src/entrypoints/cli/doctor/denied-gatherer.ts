import { deniedTo, type NeededRequests } from '../../../adapters/aws/doctor/denied-facts.ts';
import type { Wanted } from '../../../application/doctor/check.ts';
import type {
  Absent,
  DeniedFacts,
  FunctionFacts,
  QueueFacts,
  TableFacts,
} from '../../../application/doctor/facts.ts';
import { indexerStatements } from '../../deployment/indexer-policy.ts';
import { policyOf, type Statement } from '../../deployment/policy.ts';
import type { Environment } from '../../environment-reader.ts';
import { type Beside, there } from './aws-gatherers.ts';
import { named } from './gatherers.ts';
import type { TimeLimited } from './time-limited.ts';

interface Parts {
  readonly wanted: Wanted;
  readonly environment: Environment;
  readonly limit: TimeLimited;
  readonly beside: Beside;
  readonly stateTable: () => Promise<TableFacts | Absent>;
  readonly searchQueue: () => Promise<QueueFacts | Absent>;
  readonly quarantine: () => Promise<QueueFacts | Absent>;
  readonly indexer: () => Promise<FunctionFacts>;
  readonly targets: () => Promise<readonly (TableFacts | Absent)[]>;
}

/** Asks IAM for what `contrail policy` prints: of the worker’s role, and of the indexer’s, where it is a function. */
export function deniedGatherer(parts: Parts): () => Promise<readonly DeniedFacts[]> {
  const { wanted, limit, beside } = parts;
  const { model, hasQuarantine } = wanted;
  const hasDocuments = model.documents.length > 0;
  return limit.once(async (signal) => {
    const { arn: table } = await beside.tableThere();
    const stateTable = there(await parts.stateTable()).arn;
    const searchQueue = hasDocuments ? there(await parts.searchQueue()).arn : undefined;
    const targets = model.derivedRows.length > 0 ? await parts.targets().catch(() => []) : [];
    const ofWorker = policyOf(model, {
      ...{ table, stateTable, searchQueue, stream: await beside.streamArn() },
      quarantineQueue: hasQuarantine ? there(await parts.quarantine()).arn : undefined,
      rowsIn: targets.map((target) => ({ table: there(target).arn, partitions: undefined })),
    }).Statement;
    const denied = [...(await deniedTo((await beside.worker()).role, ofWorker.map(needed), signal))];
    if (searchQueue !== undefined && wanted.indexer === 'function' && isIndexed(parts.environment)) {
      const statements = indexerStatements(model, { table, stateTable, searchQueue });
      denied.push(...(await deniedTo((await parts.indexer()).role, statements.map(needed), signal)));
    }
    return denied;
  });
}

/** Whether there is an indexer of Contrail's: others have roles of their own making. */
function isIndexed(environment: Environment): boolean {
  try {
    return named(environment, 'TYPESENSE_URL') !== '';
  } catch {
    return false;
  }
}

function needed({ Action, Resource, Condition }: Statement): NeededRequests {
  return {
    actions: typeof Action === 'string' ? [Action] : Action,
    resource: Resource,
    leadingKeys: Condition?.['ForAllValues:StringLike']['dynamodb:LeadingKeys'],
  };
}
