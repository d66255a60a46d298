import { inspect } from 'node:util';
import { expect } from 'chai';
import { TypesenseLocal, type TypesenseLocalOptions } from '../../../local/typesense/typesense-local.ts';
import { createCollection } from '../../../src/adapters/typesense/collections.ts';
import { TypesenseClient } from '../../../src/adapters/typesense/typesense-client.ts';
import { TypesenseSearchIndex } from '../../../src/adapters/typesense/typesense-search-index.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { SearchSchema } from '../../../src/domain/search-schema.ts';
import { FIELDS } from '../../contracts/search-index/harness.ts';

export const API_KEY = 'xyz-the-secret-key';

export const SCHEMA: SearchSchema = { collection: 'books', fields: FIELDS };

/** Long enough for any machine, for requests that are to be answered. */
const PATIENT_MS = 120_000;

/** A stand-in with the collection `books`, and an index of it. */
export async function aBookshop(options: TypesenseLocalOptions & { readonly timeoutMs?: number } = {}) {
  const local = await TypesenseLocal.start({ apiKey: API_KEY, ...options });
  const clientOf = (timeoutMs: number) => new TypesenseClient({ url: local.url, apiKey: API_KEY, timeoutMs });
  const client = clientOf(PATIENT_MS);
  await createCollection(client, SCHEMA);
  local.requests.length = 0;
  return {
    local,
    client,
    index: new TypesenseSearchIndex(client, [SCHEMA]),
    /** One that does not wait long, for requests that are never answered. */
    hasty: new TypesenseSearchIndex(clientOf(500), [SCHEMA]),
    ids: () => [...(local.routes.collections.get('books')?.documents.keys() ?? [])],
  };
}

export type Bookshop = Awaited<ReturnType<typeof aBookshop>>;

/** The Fault that work ends with; nothing of it shows the key, however it is printed. */
export async function faultIn(work: Promise<unknown>): Promise<Fault> {
  const ended = await work.then(
    (result) => (Array.isArray(result) ? (result as unknown[])[0] : result),
    (error: unknown) => error,
  );
  return checked(ended);
}

export function checked(fault: unknown): Fault {
  if (!Fault.is(fault)) expect.fail(`it is ${inspect(fault)}`);
  expect(inspect(fault, { depth: 20, showHidden: true }), 'the key').to.not.include(API_KEY);
  return fault;
}
