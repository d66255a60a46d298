import { Fault } from '../../domain/fault.ts';
import { checkSchema, type SearchField, type SearchSchema } from '../../domain/search-schema.ts';
import { aliasPath, collectionPath } from './addresses.ts';
import type { TypesenseClient } from './typesense-client.ts';

/*
 * Collections and aliases, for whoever sets an index up. A collection is never changed here: a new one is filled beside
 * it, and an alias switched to that.
 */

/**
 * Creates a collection. Nothing is done where it is there already, with the same fields.
 *
 * @returns whether it was created.
 * @throws Fault `configuration` where the schema is wrong, or the collection is there and another: the message says what
 *   differs. Otherwise as the client.
 */
export async function createCollection(
  client: TypesenseClient,
  schema: SearchSchema,
  signal?: AbortSignal,
): Promise<boolean> {
  checkSchema(schema);
  const { collection: name, fields, tokenSeparators = [], symbolsToIndex = [] } = schema;
  const { status } = await client.send(
    {
      method: 'POST',
      path: '/collections',
      body: JSON.stringify({
        name,
        fields: fields.map((field) => ({ ...field })),
        token_separators: tokenSeparators,
        symbols_to_index: symbolsToIndex,
      }),
      doing: `creating collection ${name}`,
    },
    signal,
    [409],
  );
  if (status !== 409) return true;
  const differences = await compareCollection(client, schema, signal);
  if (differences.length === 0) return false;
  throw differingFault(client, schema, differences);
}

/** Of a collection that is not as its schema says. */
export function differingFault(
  { server }: TypesenseClient,
  { collection }: SearchSchema,
  differences: readonly string[],
): Fault {
  return new Fault(
    'configuration',
    `${server} has a collection ${JSON.stringify(collection)} that is not as its schema says: ${differences.join('; ')}. Create another one beside it, fill that, and switch an alias to it`,
    { reason: `${server}: collection ${JSON.stringify(collection)} is not as its schema says` },
  );
}

/**
 * How the collection, or the one that an alias of its name leads to, differs from its schema: one text each, empty where it is
 * as it should be. What the schema does not say is not compared.
 *
 * @throws Fault `configuration` where there is no such collection; otherwise as the client.
 */
export async function compareCollection(
  client: TypesenseClient,
  schema: SearchSchema,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { collection } = schema;
  const { body } = await client.send(
    {
      method: 'GET',
      path: collectionPath(collection),
      doing: `reading the schema of ${collection}`,
      collection,
    },
    signal,
  );
  const found = JSON.parse(body) as FoundCollection;
  return differencesOf(schema, found);
}

interface FoundCollection {
  readonly fields?: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[];
  readonly token_separators?: readonly string[];
  readonly symbols_to_index?: readonly string[];
}

function differencesOf(schema: SearchSchema, found: FoundCollection): string[] {
  const declared = new Map(schema.fields.map((field) => [field.name, field]));
  const there = new Map((found.fields ?? []).map((field) => [field.name, field]));
  const differences: string[] = [];
  for (const [name, field] of declared) {
    const other = there.get(name);
    if (other === undefined) differences.push(`field ${JSON.stringify(name)} is missing`);
    else differences.push(...settingsThatDiffer(field, other));
  }
  for (const name of there.keys())
    // Made by the server of text that its models read.
    if (!declared.has(name) && there.get(name)?.['embed'] === undefined)
      differences.push(`field ${JSON.stringify(name)} is there, and not in the schema`);
  for (const [what, wanted, has] of [
    ['token separators', schema.tokenSeparators, found.token_separators],
    ['symbols to index', schema.symbolsToIndex, found.symbols_to_index],
  ] as const)
    if (wanted !== undefined && wanted.toSorted().join(' ') !== (has ?? []).toSorted().join(' '))
      differences.push(`its ${what} are ${JSON.stringify(has ?? [])} instead of ${JSON.stringify(wanted)}`);
  return differences;
}

function settingsThatDiffer(field: SearchField, found: Readonly<Record<string, unknown>>): string[] {
  const { name, type, optional = false, facet, sort, infix, locale } = field;
  return Object.entries({ type, optional, facet, sort, infix, locale }).flatMap(([setting, wanted]) => {
    const has = found[setting] ?? (setting === 'locale' ? '' : false);
    if (wanted === undefined || wanted === has) return [];
    return [
      `${setting} of field ${JSON.stringify(name)} is ${JSON.stringify(has)} instead of ${JSON.stringify(wanted)}`,
    ];
  });
}

/** Whether there is a collection of this name, or an alias that leads to one. */
export async function isThere(
  client: TypesenseClient,
  collection: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const doing = `looking for ${collection}`;
  const request = { method: 'GET', path: collectionPath(collection), doing } as const;
  const { status } = await client.send(request, signal, [404]);
  return status !== 404;
}

/** The names of all collections that the key may see. */
export async function collectionNames(
  client: TypesenseClient,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const request = { method: 'GET', path: '/collections', doing: 'listing the collections' } as const;
  const { body } = await client.send(request, signal);
  return (JSON.parse(body) as readonly { readonly name: string }[]).map(({ name }) => name);
}

/** The collection that an alias leads to; undefined where there is no such alias. */
export async function aliasTarget(
  client: TypesenseClient,
  alias: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const request = { method: 'GET', path: aliasPath(alias), doing: `reading alias ${alias}` } as const;
  const { status, body } = await client.send(request, signal, [404]);
  if (status === 404) return undefined;
  return (JSON.parse(body) as { readonly collection_name: string }).collection_name;
}

/**
 * Makes an alias lead to a collection, from one moment to the next. Safe to repeat.
 *
 * @throws Fault `configuration` where there is no such collection, which the server would not mind, or a collection has the
 *   alias's name.
 */
export async function switchAlias(
  client: TypesenseClient,
  alias: string,
  collection: string,
  signal?: AbortSignal,
): Promise<void> {
  const doing = `switching alias ${alias} to ${collection}`;
  await client.send({ method: 'GET', path: collectionPath(collection), doing, collection }, signal);
  const { status, body } = await client.send(
    { method: 'PUT', path: aliasPath(alias), body: JSON.stringify({ collection_name: collection }), doing },
    signal,
    [500],
  );
  if (status !== 500) return;
  // src/collection_manager.cpp:962; all that its 500 says is this, or that its disk has failed.
  const isTaken = /conflicts with an existing collection name/.test(body);
  throw new Fault(
    isTaken ? 'configuration' : 'transient',
    isTaken
      ? `${client.server} has a collection named ${JSON.stringify(alias)}, so no alias can have that name: choose another`
      : `${client.server} answered 500 while ${doing}`,
  );
}
