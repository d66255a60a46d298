import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testing } from 'contrail/testing';
import { badgesOf } from './badges-of.js';
import { gameTable } from './game-table.js';
import { RememberedGames } from './games.js';

const tenDays = Array.from({ length: 10 }, (_, n) => `2026-01-${String(n + 1).padStart(2, '0')}`);
const chessOn = (...days: readonly string[]) => days.map((day) => ({ game: 'chess', day }));

test('a first play, and ten days in a row, are badges; nine are none, and neither are ten with a gap', () => {
  assert.deepEqual(badgesOf([]), []);
  assert.deepEqual(badgesOf(chessOn(...tenDays)), ['FIRST#chess', 'TEN_DAYS#chess']);
  assert.deepEqual(badgesOf(chessOn(...tenDays.slice(1))), ['FIRST#chess']);
  assert.deepEqual(badgesOf(chessOn('2026-01-12', ...tenDays.slice(1))), ['FIRST#chess']);
  assert.deepEqual(badgesOf([...chessOn('2026-01-01'), { game: 'go', day: '2026-01-01' }]), [
    ...['FIRST#chess', 'FIRST#go'],
  ]);
});

test('neither the order of plays nor several on a day matter, and a month may end in between', () => {
  const days = ['2026-02-01', ...Array.from({ length: 9 }, (_, n) => `2026-01-${23 + n}`)];
  assert.deepEqual(badgesOf(chessOn(...days, ...days)), ['FIRST#chess', 'TEN_DAYS#chess']);
});

/** A table of its own, and what is told of it. */
function aGame() {
  const games = new RememberedGames();
  const { given, rows } = testing(gameTable(games));
  const played = (game: string, day: string) =>
    rows.play({ player: 'anna', play: `${day}-${game}` }, { game, day });
  return { games, given, played };
}

const badgesIn = ({ badges }: RememberedGames) => badges.map(({ badge }) => badge);

test('each badge is stored once, however often a play is told of, and whatever fails', async () => {
  const { games, given, played } = aGame();
  const plays = [...tenDays.map((day) => played('chess', day)), played('go', '2026-01-10')];
  const failing = { badges: ['before', 'after'] as const };
  await given().when(plays, { times: 3, batch: 1, redelivery: 'shuffled', failing }).then({ failures: [] });
  assert.deepEqual(badgesIn(games), ['FIRST#chess', 'TEN_DAYS#chess', 'FIRST#go']);
});

test('two plays at once that earn the same badge store it once', async () => {
  const { games, given, played } = aGame();
  await given()
    .when(tenDays.map((day) => played('chess', day)))
    .then({ failures: [] });
  assert.deepEqual(badgesIn(games).sort(), ['FIRST#chess', 'TEN_DAYS#chess']);
});

test('a play that shows nothing new is skipped, and says why', async () => {
  const { given, played } = aGame();
  await given()
    .when([played('chess', '2026-01-01'), played('chess', '2026-01-03')], { batch: 1 })
    .then({ effects: { badges: [{ did: 'run' }, { did: 'skipped', why: 'no new badge' }] } });
});
