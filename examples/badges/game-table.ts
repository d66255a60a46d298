import { defineTable, effect, row, skip } from 'contrail';
import { badgesOf, type Play } from './badges-of.js';
import type { Games } from './games.js';

/** What a player has played. */
const play = row({ PK: 'PLAYER#<player>', SK: 'PLAY#<play>' }).with<Play>();

/** A table of plays that gives badges. */
export function gameTable(games: Games) {
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { play },
    derive: {
      badges: effect(play, {
        on: ['INSERT', 'MODIFY'],
        // It fails where another play of the player earned the same badge at that moment, and then finds it.
        attempts: 5,
        timeoutMs: 20_000,
        run: async (change, { signal, once }) => {
          const { player } = change.key;
          const [plays, has] = await Promise.all([
            games.playsOf(player, change, signal),
            games.badgesOf(player, signal),
          ]);
          const earned = badgesOf(plays).filter((badge) => !has.includes(badge));
          if (earned.length === 0) return skip('no new badge');
          once(games.adding(earned.map((badge) => ({ player, badge, earned_at: change.at }))));
          return undefined;
        },
      }),
    },
  });
}
