import { collectionPath } from '../../../adapters/typesense/addresses.ts';
import {
  aliasTarget,
  collectionNames,
  createCollection,
  isThere,
  switchAlias,
} from '../../../adapters/typesense/collections.ts';
import type { TypesenseClient } from '../../../adapters/typesense/typesense-client.ts';
import { TypesenseSearchIndex } from '../../../adapters/typesense/typesense-search-index.ts';
import { Fault } from '../../../domain/fault.ts';
import type { SearchSchema } from '../../../domain/search-schema.ts';
import { digestOf } from './digest-of.ts';
import type { Replacement } from './engine.ts';
import { renamed } from './renamed-index.ts';
import { isMadeFor, nameOfRebuilt } from './typesense-names.ts';

/** The collection whose place is to be taken. */
interface Present {
  readonly client: TypesenseClient;
  /** Its documents. */
  readonly index: TypesenseSearchIndex;
  readonly schema: SearchSchema;
}

/**
 * Begins a collection that an alias is to lead to.
 *
 * @param stamp part of its name.
 * @throws Fault `configuration` where no alias can, or the collection cannot be made.
 */
export async function typesenseReplacement(
  { client, index, schema }: Present,
  stamp: string,
  signal: AbortSignal,
): Promise<Replacement> {
  const { collection } = schema;
  const before = await aliasTarget(client, collection, signal);
  const isOld = before !== undefined || (await isThere(client, collection, signal));
  // Said now, not after an hour: no alias can have the name of a collection.
  if (isOld && before === undefined) throw noAlias(client, collection);
  const name = nameOfRebuilt(collection, stamp);
  const others = (await collectionNames(client, signal)).filter(
    (other) => isMadeFor(collection, other) && other !== before,
  );
  const own = { ...schema, collection: name };
  if (!(await createCollection(client, own, signal)))
    throw new Fault('configuration', `${client.server} has a collection ${name} already: begin again`);
  const inner = new TypesenseSearchIndex(client, [own]);
  /** Whether somebody else has taken the place: both are left then, and whoever runs this decides. */
  let isLeft = false;
  return {
    name: `collection ${name}`,
    index: renamed(inner, () => name),
    leftovers: others.map((other) => `collection ${other}`),
    removed: [],
    async contents(signal) {
      if (before === undefined) return digestOf([]);
      const present = new TypesenseSearchIndex(client, [{ ...schema, collection: before }]);
      return digestOf(present.documents(before, signal));
    },
    async *ids(signal) {
      if (before === undefined) return;
      for await (const { id } of index.documents(collection, signal)) yield id;
    },
    async switch() {
      const present = await aliasTarget(client, collection);
      if (present !== before && present !== name) {
        isLeft = true;
        throw takenMeanwhile(client, { collection, name, before, present });
      }
      await switchAlias(client, collection, name);
      return before === undefined
        ? `alias ${collection} leads to collection ${name}`
        : `alias ${collection} leads to collection ${name}; ${before} is still there`;
    },
    async drop() {
      if (isLeft) return;
      const doing = `dropping collection ${name}`;
      await client.send({ method: 'DELETE', path: collectionPath(name), doing }, undefined, [404]);
    },
  };
}

interface Taken {
  readonly collection: string;
  readonly name: string;
  readonly before: string | undefined;
  readonly present: string | undefined;
}

function takenMeanwhile({ server }: TypesenseClient, { collection, name, before, present }: Taken): Fault {
  const leads = (target: string | undefined) =>
    target === undefined ? 'there was none' : `it led to ${target}`;
  const now = present === undefined ? 'is gone' : `leads to collection ${present} now`;
  return new Fault(
    'configuration',
    `${server}: alias ${collection} ${now}, and when this began ${leads(before)}: somebody else has switched it, so it was left alone. Collection ${name} is filled and left: take it away, or rebuild again`,
  );
}

function noAlias({ server }: TypesenseClient, collection: string): Fault {
  const name = JSON.stringify(collection);
  return new Fault(
    'configuration',
    `${server} has a collection ${name}, and not an alias of that name, so none can take its place: make one under another name by hand, take the collection away, and make an alias ${name}`,
  );
}
