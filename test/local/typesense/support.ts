import { TypesenseLocal, type TypesenseLocalOptions } from '../../../local/typesense/typesense-local.ts';

/** A stand-in with one collection, and requests to it with nothing between. */
export async function aServer(options: TypesenseLocalOptions = {}) {
  const local = await TypesenseLocal.start(options);
  const ask = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${local.url}${path}`, {
      method,
      headers: { 'x-typesense-api-key': local.apiKey, ...headers },
      ...(body !== undefined && { body }),
    });
    return { status: response.status, body: await response.text() };
  };
  const fields = [
    { name: 'title', type: 'string' },
    { name: 'year', type: 'int32', optional: true },
    { name: 'price', type: 'float', optional: true },
    { name: 'serial', type: 'int64', optional: true },
    { name: 'tags', type: 'string[]', optional: true },
    { name: 'words', type: 'string[]', optional: true },
  ];
  await ask('POST', '/collections', JSON.stringify({ name: 'books', fields }));
  return {
    local,
    ask,
    /** The lines of the answer to an import. */
    upsert: async (...lines: string[]) => (await imported(ask, 'upsert', lines)).split('\n'),
    importAs: (action: string, ...lines: string[]) => imported(ask, action, lines),
    /** A document as it is kept; undefined where there is none. */
    kept: (id: string) => local.routes.collections.get('books')?.documents.get(id),
  };
}

type Ask = (method: string, path: string, body?: string) => Promise<{ status: number; body: string }>;

async function imported(ask: Ask, action: string, lines: readonly string[]): Promise<string> {
  return (await ask('POST', `/collections/books/documents/import?action=${action}`, lines.join('\n'))).body;
}

export type Server = Awaited<ReturnType<typeof aServer>>;
