import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createService } from './service.js';

const server = createService({ url: 'pglite:', token: 'a-token' });
const lines = (await readFile(new URL('changes.ndjson', import.meta.url), 'utf8')).trim().split('\n');
const records = lines.map((line) => JSON.parse(line) as unknown);
let address = '';

before(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => server.close());

const post = async (body: unknown, token = 'a-token') => {
  const headers = { authorization: `Bearer ${token}` };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const { status } = await fetch(`${address}/changes`, { method: 'POST', headers, body: text });
  return status;
};
const get = async (path: string) => (await fetch(`${address}${path}`)).json();

test('changes that come in any form, and twice, are handled once', async () => {
  assert.equal(await post(records.slice(0, 3)), 200, 'an array, as EventBridge Pipes sends a batch');
  assert.equal(await post(records[3]), 200, 'one record alone');
  assert.equal(
    await post({ Records: records }),
    200,
    'an event as of Lambda, some of it for the second time',
  );
  assert.deepEqual(await get('/tracks'), { data: 1, web: 1 });
  assert.deepEqual(await get('/talks/sofia:2'), {
    ...{ id: 'sofia:2', title: 'Queues in SQL', track: 'data', minutes: 45 },
  });
  assert.equal(await get('/talks/sofia:1'), 'there is no such talk');
});

test('who has no token, and what is no change, is refused', async () => {
  assert.equal(await post(records, 'another'), 401);
  assert.equal(await post('{'), 400);
  assert.equal(await post({ Records: 1 }), 400);
});

test('what cannot be handled is answered so that it comes again', async () => {
  assert.equal(await post([{ eventSource: 'aws:dynamodb' }]), 503);
});
