import type { Gatherers } from '../../../application/doctor/examine.ts';
import type {
  FunctionFacts,
  MappingFacts,
  QueueFacts,
  TableFacts,
} from '../../../application/doctor/facts.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Sought } from './gatherers.ts';

/** What Lambda says: of the worker, and of whoever receives from a queue. */
export interface MappingGatherers {
  readonly gatherers: Pick<Gatherers, 'mapping' | 'streamMappings' | 'worker' | 'unreservedInstances'>;
  readonly mapping: () => Promise<MappingFacts>;
  readonly worker: () => Promise<FunctionFacts>;
  readonly ofQueue: (queue: QueueFacts) => Promise<MappingFacts>;
}

export function mappingGatherers(
  { lambda, limit, options, worker: given }: Sought,
  tableThere: () => Promise<TableFacts>,
): MappingGatherers {
  const all = limit.once((signal) => lambda.mappings(signal));
  const streamMappings = async () => {
    const [mappings, { arn }] = await Promise.all([all(), tableThere()]);
    return mappings.filter(({ source }) => source.startsWith(`${arn}/stream/`));
  };
  const mapping = limit.once(async () => {
    const { name, streamArn } = await tableThere();
    const ofTable = await streamMappings();
    const { function: wanted } = options;
    const own = wanted === undefined ? ofTable : ofTable.filter((one) => one.function === nameIn(wanted));
    // Beside that of the stream now, one of an earlier stream may be left.
    const ofStream = own.filter(({ source }) => source === streamArn);
    const found = ofStream.length > 0 ? ofStream : own;
    const [first] = found;
    if (first === undefined)
      throw new Fault(
        'configuration',
        wanted === undefined
          ? `no function reads a stream of the table ${name}: it is not deployed yet, or contrail consume reads it (--consume)`
          : `the function ${wanted} reads no stream of the table ${name}: its mapping is not deployed`,
      );
    if (found.length > 1)
      throw new Fault(
        'configuration',
        `several functions read the table’s stream (${found.map((one) => one.function).join(', ')}): say which is the worker, by --function`,
      );
    return first;
  });
  const worker =
    given ?? limit.once(async (signal) => lambda.functionNamed((await mapping()).function, signal));
  return {
    gatherers: {
      ...{ mapping, streamMappings, worker },
      unreservedInstances: limit.once((signal) => lambda.unreservedInstances(signal)),
    },
    ...{ mapping, worker },
    ofQueue: async ({ name, arn }) => {
      const found = (await all()).find(({ source }) => source === arn);
      if (found !== undefined) return found;
      throw new Fault(
        'configuration',
        `no function receives from the ${name}: the indexer is not deployed yet, or contrail index is it (--index)`,
      );
    },
  };
}

/** A function may be given by its ARN. */
function nameIn(text: string): string {
  return text.startsWith('arn:') ? (text.split(':')[6] ?? text) : text;
}
