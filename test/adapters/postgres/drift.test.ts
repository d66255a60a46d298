import { expect } from 'chai';
import { ContainerModule } from 'inversify';
import { openBackend } from '../../../src/adapters/postgres/open-backend.ts';
import { SystemClock, SystemSleeper } from '../../../src/adapters/system/system.ts';
import { OpenedLater } from '../../../src/entrypoints/composition/opened-later.ts';
import { PARTS } from '../../../src/entrypoints/composition/postgres.module.ts';
import { createPostgresWorker } from '../../../src/entrypoints/postgres-worker.ts';
import { foundByRepair, PLANTED, plantedRows } from '../../application/drift/planted.ts';
import { PROVED, ProofWorld } from '../../application/drift/proof-world.ts';

const DATABASE = { url: 'pglite:', schema: 'contrail', prefix: '', connections: 1, hasQuarantine: false };

/** Imported here and not when it is first needed: loaded by Mocha, that would be another copy of all classes. */
const openedHere = new ContainerModule(({ rebind }) => {
  const opening = () =>
    openBackend(DATABASE, {
      ...{ model: PROVED.model, clock: new SystemClock(), sleeper: new SystemSleeper() },
      visibilityMs: 30_000,
    });
  void rebind(PARTS).toConstantValue(new OpenedLater(opening, (parts) => parts.close()));
});

describe('Verify on PostgreSQL', () => {
  let world: ProofWorld;

  before(() => {
    const log = { level: 'silent', stream: process.stderr } as const;
    const { url, ...database } = DATABASE;
    world = new ProofWorld(
      createPostgresWorker({ url, database, definition: PROVED, log, modules: [openedHere] }),
    );
  });

  after(() => world.close());

  it('given drift of all kinds, then finds each item once, and nothing else, and mends it', async () => {
    const prefixes = PLANTED.map((_, n) => `p${n}-`);
    await world.write(...prefixes.flatMap(plantedRows));
    expect((await world.verify()).words).to.deep.equal([]);
    for (const [n, { plant }] of PLANTED.entries()) await plant(world, prefixes[n]!);
    const { words, undecided } = await world.verify({ pageRows: 20 });
    const all = PLANTED.flatMap(({ found }, n) => found(prefixes[n]!)).toSorted();
    expect({ words, undecided }).to.deep.equal({ words: all, undecided: [] });
    const repaired = await world.repair(undefined, { pageRows: 20 });
    expect(repaired.mendings.filter((mending) => !mending.startsWith('mended '))).to.deep.equal([]);
    const mended = PLANTED.flatMap((planted, n) => foundByRepair(planted, prefixes[n]!)).toSorted();
    expect(repaired.words).to.deep.equal(mended);
    expect((await world.verify()).words).to.deep.equal([]);
  });
});
