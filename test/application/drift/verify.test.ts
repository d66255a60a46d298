import { expect } from 'chai';
import { PLANTED, ROWS } from './planted.ts';
import { orderRow, ProofWorld } from './proof-world.ts';

async function aWorld(): Promise<ProofWorld> {
  const world = await ProofWorld.open({ kind: 'memory' });
  await world.write(...ROWS);
  return world;
}

describe('Verify', () => {
  it('given everything as the rows say, then finds nothing, and says how much it compared', async () => {
    const world = await aWorld();
    const { words, undecided, refused, figures } = await world.verify();
    expect({ words, undecided, refused }).to.deep.equal({ words: [], undecided: [], refused: [] });
    const compared = Object.fromEntries(
      Array.from(figures.derivations, ([name, derivation]) => [name, derivation.compared]),
    );
    expect({ rows: figures.rows, ...compared }).to.deep.equal({
      ...{ rows: 4, search: 4, tags: 3, spend: 3, latest: 3, first: 3, copies: 8 },
    });
  });

  for (const { name, plant, found } of PLANTED)
    it(`given ${name}, then finds exactly that`, async () => {
      const world = await aWorld();
      await plant(world);
      const { words, undecided } = await world.verify();
      expect(words).to.deep.equal(found);
      expect(undecided).to.deep.equal([]);
    });

  it('given a row that the definition refuses, then says so and expects nothing of it', async () => {
    const world = await aWorld();
    await world.changeBehind(orderRow('ada', '2', { status: 'sent', total: 50, bad: true }));
    const { words, refused } = await world.verify();
    expect(refused).to.deep.equal(['CUSTOMER#ada ORDER#2']);
    // Pointers may point to any row.
    expect(words).to.deep.equal(['stale first pointer ["CUSTOMER#ada","FIRST"]']);
  });
});
