import {
  compareCollection,
  createCollection,
  differingFault,
  isThere,
  switchAlias,
} from '../../../adapters/typesense/collections.ts';
import type { TypesenseClient } from '../../../adapters/typesense/typesense-client.ts';
import { TypesenseSearchIndex } from '../../../adapters/typesense/typesense-search-index.ts';
import { Fault } from '../../../domain/fault.ts';
import type { SearchSchema } from '../../../domain/search-schema.ts';
import type { Engine } from './engine.ts';
import { firstName } from './typesense-names.ts';
import { typesenseReplacement } from './typesense-replacement.ts';

/**
 * Typesense. Collections are made behind aliases, so that others can take their place.
 *
 * @param stamp part of the name of a collection that is to take another one's place: 17 digits, others each time.
 */
export function typesenseEngine(
  client: TypesenseClient,
  schemas: readonly SearchSchema[],
  stamp: () => string,
): Engine {
  const index = new TypesenseSearchIndex(client, schemas);
  return {
    index,
    check: (signal) => check(client, schemas, signal),
    async create(signal) {
      const made: string[] = [];
      for (const schema of schemas) made.push(...(await created(client, schema, signal)));
      await check(client, schemas, signal);
      return made;
    },
    beside: async (collection, signal) =>
      typesenseReplacement(
        { client, index, schema: schemas.find((each) => each.collection === collection) as SearchSchema },
        stamp(),
        signal,
      ),
    close: async () => undefined,
  };
}

/**
 * Makes a collection that is missing, and its alias. Of several that do so at once all make the same one, by its name: with
 * two, the alias would be taken from the one that somebody writes to already.
 */
async function created(client: TypesenseClient, schema: SearchSchema, signal: AbortSignal) {
  const alias = schema.collection;
  if (await isThere(client, alias, signal)) return [];
  const name = firstName(alias);
  const isNew = await createCollection(client, { ...schema, collection: name }, signal);
  // Somebody else may have made one meanwhile, filled it, and switched to that.
  if (await isThere(client, alias, signal))
    return isNew
      ? [`made collection ${name}, and left alias ${alias} alone, which somebody else has made meanwhile`]
      : [];
  await switchAlias(client, alias, name, signal);
  return [
    isNew
      ? `made collection ${name}, and alias ${alias} of it`
      : `made alias ${alias} of collection ${name}, which was there already`,
  ];
}

async function check(
  client: TypesenseClient,
  schemas: readonly SearchSchema[],
  signal: AbortSignal,
): Promise<void> {
  const problems: string[] = [];
  for (const schema of schemas) {
    const differences = await compareCollection(client, schema, signal);
    if (differences.length > 0) problems.push(differingFault(client, schema, differences).message);
  }
  if (problems.length > 0) throw new Fault('configuration', problems.join('\n'));
}
