import { collectionPath } from '../../../adapters/typesense/addresses.ts';
import {
  aliasTarget,
  compareCollection,
  createCollection,
  differingFault,
  switchAlias,
} from '../../../adapters/typesense/collections.ts';
import type { TypesenseClient } from '../../../adapters/typesense/typesense-client.ts';
import { TypesenseSearchIndex } from '../../../adapters/typesense/typesense-search-index.ts';
import { Fault } from '../../../domain/fault.ts';
import type { SearchSchema } from '../../../domain/search-schema.ts';
import type { Engine, Replacement } from './engine.ts';
import { renamed } from './renamed-index.ts';

/**
 * Typesense. Collections are made behind aliases, so that others can take their place.
 *
 * @param stamp part of the name of a collection that is made: another one each time.
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
      for (const schema of schemas)
        if (!(await isThere(client, schema.collection, signal))) {
          const name = await createBeside(client, schema, stamp(), signal);
          await switchAlias(client, schema.collection, name, signal);
          made.push(`made collection ${name}, and alias ${schema.collection} of it`);
        }
      await check(client, schemas, signal);
      return made;
    },
    async beside(collection, signal) {
      const schema = schemas.find((each) => each.collection === collection) as SearchSchema;
      const before = await aliasTarget(client, collection, signal);
      const isOld = before !== undefined || (await isThere(client, collection, signal));
      // Said now, not after an hour: no alias can have the name of a collection.
      if (isOld && before === undefined) throw noAlias(client, collection);
      const name = await createBeside(client, schema, stamp(), signal);
      const inner = new TypesenseSearchIndex(client, [{ ...schema, collection: name }]);
      return replacement({ client, collection, name, before, inner, index });
    },
    close: async () => undefined,
  };
}

function noAlias({ server }: TypesenseClient, collection: string): Fault {
  const name = JSON.stringify(collection);
  return new Fault(
    'configuration',
    `${server} has a collection ${name}, and not an alias of that name, so none can take its place: make one under another name by hand, take the collection away, and make an alias ${name}`,
  );
}

function replacement({
  client,
  collection,
  name,
  before,
  inner,
  index,
}: {
  readonly client: TypesenseClient;
  readonly collection: string;
  readonly name: string;
  readonly before: string | undefined;
  readonly inner: TypesenseSearchIndex;
  readonly index: TypesenseSearchIndex;
}): Replacement {
  return {
    name: `collection ${name}`,
    index: renamed(inner, () => name),
    async *ids(signal) {
      if (before === undefined) return;
      for await (const { id } of index.documents(collection, signal)) yield id;
    },
    async switch(signal) {
      await switchAlias(client, collection, name, signal);
      return before === undefined
        ? `alias ${collection} leads to collection ${name}`
        : `alias ${collection} leads to collection ${name}; ${before} is still there`;
    },
    async drop() {
      const doing = `dropping collection ${name}`;
      await client.send({ method: 'DELETE', path: collectionPath(name), doing }, undefined, [404]);
    },
  };
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

async function isThere(client: TypesenseClient, collection: string, signal: AbortSignal): Promise<boolean> {
  const doing = `looking for ${collection}`;
  const { status } = await client.send(
    { method: 'GET', path: collectionPath(collection), doing },
    signal,
    [404],
  );
  return status !== 404;
}

async function createBeside(
  client: TypesenseClient,
  schema: SearchSchema,
  stamp: string,
  signal: AbortSignal,
): Promise<string> {
  const name = `${schema.collection}-${stamp}`;
  await createCollection(client, { ...schema, collection: name }, signal);
  return name;
}
