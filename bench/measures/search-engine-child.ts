import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TypesenseLocal } from '../../local/typesense/typesense-local.ts';
import type { EngineSettings } from './search-engine.ts';

// A search engine in a process of its own, so that its work is not taken for the indexer's. Ends with its parent.
const { kind, latencyMs } = JSON.parse(process.argv[2] ?? '') as EngineSettings;
let imports = 0;
const engine = kind === 'stand-in' ? await standIn() : await answering();
process.on('disconnect', () => process.exit(0));
process.on('message', () => {
  process.send?.({ imports });
  imports = 0;
  engine.forget();
});
process.send?.({ url: engine.url, apiKey: engine.apiKey });

/** The tests' stand-in for Typesense: it reads every document, and checks it against the schema. */
async function standIn() {
  const local = await TypesenseLocal.start();
  local.misbehaves = ({ path }) => {
    // It keeps them for tests.
    local.requests.length = 0;
    if (!path.endsWith('/import')) return undefined;
    imports++;
    return latencyMs === 0 ? undefined : { kind: 'is slow', milliseconds: latencyMs };
  };
  const forget = () => {
    for (const { documents } of local.routes.collections.values()) documents.clear();
  };
  return { url: local.url, apiKey: local.apiKey, forget };
}

/** What says of each line that it is written, and keeps nothing. */
async function answering() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.on(
    'request',
    (request: IncomingMessage, response: ServerResponse) => void answer(request, response),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, apiKey: 'none', forget: () => undefined };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  imports++;
  let lines = 1;
  for await (const chunk of request) for (const byte of chunk as Buffer) if (byte === 0x0a) lines++;
  response.end(Array.from({ length: lines }, () => '{"success":true}').join('\n'));
}
