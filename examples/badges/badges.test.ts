import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { testing } from 'contrail/testing';
import game from './contrail.config.js';

const { given, rows } = testing(game);
const { play } = rows;

const key = { player: 'anna', play: '1' };

test('a play of a thousand points gives a badge, however often it comes', async (context) => {
  process.env['BADGES_URL'] = 'http://badges.example';
  const answers = [new Response(null, { status: 503 }), new Response(null, { status: 204 })];
  const fetched = mock.method(globalThis, 'fetch', () => Promise.resolve(answers.shift()));
  context.after(() => {
    fetched.mock.restore();
    delete process.env['BADGES_URL'];
  });

  const few = { player: 'anna', play: '2' };
  await given()
    .when([play(key, { game: 'chess', score: 1_200 }), play(few, { game: 'go', score: 3 })], { times: 2 })
    .then({
      effects: {
        badges: [
          { key, attempt: 1, did: 'failed', why: 'the service of badges answered 503' },
          { key, attempt: 2, did: 'run' },
          { key: few, did: 'skipped', why: 'too few points' },
        ],
      },
    });
  const sent = fetched.mock.calls.map(({ arguments: [, request] }) => request?.body);
  assert.deepEqual(sent, Array(2).fill(JSON.stringify({ player: 'anna', game: 'chess' })));
});

test('a badge whose answer is lost is asked for again, by the same key', async (context) => {
  process.env['BADGES_URL'] = 'http://badges.example';
  const fetched = mock.method(globalThis, 'fetch', () =>
    Promise.resolve(new Response(null, { status: 204 })),
  );
  context.after(() => {
    fetched.mock.restore();
    delete process.env['BADGES_URL'];
  });

  await given()
    .when(play(key, { game: 'chess', score: 1_200 }), { failing: { badges: ['after'] } })
    .then({ effects: { badges: [{ did: 'failed' }, { did: 'run' }] } });
  const keys = fetched.mock.calls.map(({ arguments: [, request] }) =>
    new Headers(request?.headers).get('idempotency-key'),
  );
  assert.equal(keys.length, 2);
  assert.equal(new Set(keys).size, 1);
});
