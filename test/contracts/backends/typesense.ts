import { TypesenseLocal } from '../../../local/typesense/typesense-local.ts';
import { collectionPath } from '../../../src/adapters/typesense/addresses.ts';
import { createCollection } from '../../../src/adapters/typesense/collections.ts';
import { TypesenseClient } from '../../../src/adapters/typesense/typesense-client.ts';
import { TypesenseSearchIndex } from '../../../src/adapters/typesense/typesense-search-index.ts';
import { unique } from '../../support/unique.ts';
import { FIELDS, type Harness } from '../search-index/harness.ts';
import type { Implementation } from '../contract.ts';
import type { IndexCapability } from '../search-index/harness.ts';

const [url, apiKey] = [process.env['TYPESENSE_URL'], process.env['TYPESENSE_API_KEY']];

let running: Promise<TypesenseLocal> | undefined;

function sharedServer(): Promise<TypesenseLocal> {
  running ??= TypesenseLocal.start();
  return running;
}

after(async () => {
  await (await running)?.stop();
});

/** Two fresh collections, which are gone when the test ends. */
async function harness(client: TypesenseClient): Promise<Harness & { close(): Promise<void> }> {
  const [collection, other, missing] = [unique('aircraft'), unique('images'), unique('missing')];
  const schemas = [collection, other, missing].map((name) => ({ collection: name, fields: FIELDS }));
  for (const schema of schemas.slice(0, 2)) await createCollection(client, schema);
  return {
    index: new TypesenseSearchIndex(client, schemas),
    reopened: async () => new TypesenseSearchIndex(client, schemas),
    ...{ collection, other, missing },
    close: async () => {
      for (const name of [collection, other])
        await client.send({ method: 'DELETE', path: collectionPath(name), doing: `dropping ${name}` });
    },
  };
}

const lacks = { collectionsTogether: 'an import is of one collection' };

export const typesense: readonly [
  Implementation<Harness, IndexCapability>,
  Implementation<Harness, IndexCapability>,
] = [
  {
    name: 'Typesense, stand-in',
    setUp: async () => harness(new TypesenseClient(await sharedServer())),
    lacks,
  },
  {
    name: 'Typesense',
    lacks,
    setUp: () => harness(new TypesenseClient({ url: url ?? '', apiKey: apiKey ?? '', timeoutMs: 60_000 })),
    missing:
      url === undefined || apiKey === undefined
        ? 'set TYPESENSE_URL and TYPESENSE_API_KEY to those of a server that may be written to'
        : undefined,
  },
];
