import { MAX_BODY_BYTES } from '../../../src/adapters/typesense/import-body.ts';
import { INDEX_QUEUE_DEFAULTS } from '../../../src/application/index-queue.ts';
import { MAX_ENTRIES, type ModelledMessages } from '../../model/search-messages.ts';
import type { EngineAddress } from './engine-address.ts';

interface Message {
  readonly collection: string;
  readonly id: string;
  readonly document: object;
}

/** Messages of one collection that make an import. */
interface Import {
  readonly bodies: string[];
  readonly lines: string[];
  bytes: number;
}

/**
 * The least that anybody can do with the same clients: messages are received, parsed, and written as JSON into imports as large as
 * Contrail's, and acknowledged. Nothing is checked, numbers are rounded, there are no fences, and what comes late overwrites what is newer.
 */
export async function bareLoop(engine: EngineAddress, source: ModelledMessages): Promise<void> {
  const open = new Map<string, Import>();
  const receiver = async () => {
    for (;;) {
      const received = await source.take(MAX_ENTRIES);
      if (received.length === 0) return;
      for (const body of received) {
        const { collection, id, document } = JSON.parse(body) as Message;
        const line = JSON.stringify({ ...document, id });
        const bytes = Buffer.byteLength(line) + 1;
        let filled = open.get(collection);
        if (filled !== undefined && filled.bytes + bytes > MAX_BODY_BYTES) {
          open.delete(collection);
          await sendAll(engine, source, collection, filled);
          filled = open.get(collection);
        }
        if (filled === undefined) open.set(collection, (filled = { bodies: [], lines: [], bytes: 0 }));
        filled.bodies.push(body);
        filled.lines.push(line);
        filled.bytes += bytes;
      }
    }
  };
  await Promise.all(Array.from({ length: INDEX_QUEUE_DEFAULTS.receivers }, receiver));
  for (const [collection, filled] of open) await sendAll(engine, source, collection, filled);
}

async function sendAll(
  { url, apiKey }: EngineAddress,
  source: ModelledMessages,
  collection: string,
  { bodies, lines }: Import,
): Promise<void> {
  const response = await fetch(`${url}/collections/${collection}/documents/import?action=upsert`, {
    method: 'POST',
    headers: { 'x-typesense-api-key': apiKey },
    body: lines.join('\n'),
  });
  const answers = (await response.text()).split('\n');
  if (answers.some((answer) => answer !== '{"success":true}') || answers.length !== lines.length)
    throw new Error(`the engine refused documents of ${collection}`);
  await source.acknowledge(bodies);
}
