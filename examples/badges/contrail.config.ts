import { defineTable, effect, row, skip } from 'contrail';

interface Play {
  readonly game: string;
  readonly score: number;
}

/** What a player has played. */
const play = row({ PK: 'PLAYER#<player>', SK: 'PLAY#<play>' }).with<Play>();

export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { play },
  derive: {
    // Has another service give a badge for every play of a thousand points. It is called at least once for each, so it is told
    // by what to recognise a repeat.
    badges: effect(play, {
      on: ['INSERT'],
      attempts: 5,
      timeoutMs: 2_000,
      run: async ({ id, key, after }, { signal }) => {
        if (after === undefined || after.score < 1_000) return skip('too few points');
        const url = process.env['BADGES_URL'];
        if (url === undefined) return skip('BADGES_URL is not set');
        return give(url, { player: key.player, game: after.game }, id, signal);
      },
    }),
  },
});

async function give(url: string, badge: object, id: string, signal: AbortSignal): Promise<void> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': id };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(badge), signal });
  if (!answer.ok) throw new Error(`the service of badges answered ${answer.status}`);
}
