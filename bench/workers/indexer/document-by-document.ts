import { MAX_ENTRIES, type ModelledMessages } from '../../model/search-messages.ts';
import type { EngineAddress } from './engine-address.ts';

interface Message {
  readonly action: 'upsert' | 'delete';
  readonly collection: string;
  readonly id: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/**
 * A consumer as it is usually written: ten messages are received, each document is sent in a request of its own, one after
 * the other, and the ten are acknowledged. It has no fences, and rounds numbers. The same import takes the documents as
 * takes Contrail's, of one line each.
 *
 * @param consumers how many do that at the same time.
 */
export async function documentByDocument(
  engine: EngineAddress,
  source: ModelledMessages,
  consumers: number,
): Promise<void> {
  await Promise.all(Array.from({ length: consumers }, () => consume(engine, source)));
}

async function consume(engine: EngineAddress, source: ModelledMessages): Promise<void> {
  for (;;) {
    const received = await source.take(MAX_ENTRIES);
    if (received.length === 0) return;
    for (const body of received) await send(engine, JSON.parse(body) as Message);
    await source.acknowledge(received);
  }
}

async function send({ url, apiKey }: EngineAddress, { action, collection, id, document }: Message) {
  if (action !== 'upsert') throw new Error('only new documents are measured');
  const response = await fetch(
    `${url}/collections/${encodeURIComponent(collection)}/documents/import?action=upsert`,
    {
      method: 'POST',
      headers: { 'x-typesense-api-key': apiKey },
      body: JSON.stringify({ ...document, id }),
    },
  );
  const answer = await response.text();
  if (answer !== '{"success":true}') throw new Error(`the engine refused ${id}: ${answer}`);
}
