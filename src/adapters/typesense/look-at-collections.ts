import type { CollectionFacts } from '../../application/doctor/facts.ts';
import { Fault } from '../../domain/fault.ts';
import type { SearchSchema } from '../../domain/search-schema.ts';
import { compareCollection } from './collections.ts';
import type { TypesenseClient } from './typesense-client.ts';

/** How the collections of a server are, or those that aliases of their names lead to. What a request ends with is told, and not thrown. */
export async function lookAtCollections(
  client: TypesenseClient,
  schemas: readonly SearchSchema[],
  signal?: AbortSignal,
): Promise<readonly CollectionFacts[]> {
  return Promise.all(
    schemas.map(async (schema) => {
      const of = { collection: schema.collection, engine: client.server };
      try {
        const differences = await compareCollection(client, schema, signal);
        return { ...of, problem: undefined, differences };
      } catch (error) {
        signal?.throwIfAborted();
        return { ...of, problem: Fault.from(error).message, differences: [] };
      }
    }),
  );
}
