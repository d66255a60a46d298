import { expect } from 'chai';
import type { Misbehaviour } from '../../../local/typesense/misbehaviour.ts';
import { MemoryMetrics } from '../../../src/adapters/memory/memory-metrics.ts';
import { MemorySearchActionSource } from '../../../src/adapters/memory/memory-search-action-source.ts';
import { MemorySearchFences } from '../../../src/adapters/memory/memory-search-fences.ts';
import { MemorySearchQueue } from '../../../src/adapters/memory/memory-search-queue.ts';
import { IndexDocuments } from '../../../src/application/index-documents.ts';
import { LATE_MS } from '../../../src/application/index-outcome.ts';
import { IndexQueue } from '../../../src/application/index-queue.ts';
import { SourceRows } from '../../../src/application/ports/source-rows.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { aRetrier, FixedRandom, RecordingLogger } from '../../application/doubles.ts';
import { version } from '../../support/factories.ts';
import { ManualTime } from '../../support/manual-time.ts';
import { range } from '../../support/range.ts';
import { aBookshop, type Bookshop } from './support.ts';

class NoRows extends SourceRows {
  override read(): Promise<never> {
    return Promise.reject(new Error('nothing is to be repaired here'));
  }
}

function book(n: number): SearchAction {
  const [id, sequence] = [`b${n}`, String(n + 1)];
  return {
    ...{ key: { collection: 'books', id }, version: version(sequence) },
    ...{ identity: { stream: 's', sequence }, document: { id, name: `book ${n}` }, row: undefined },
  };
}

describe('an indexer whose Typesense is killed in the middle of an import', () => {
  let shop: Bookshop;
  beforeEach(async () => {
    shop = await aBookshop();
  });
  afterEach(() => shop.local.stop());

  const cases: readonly (readonly [string, Misbehaviour])[] = [
    ['carried it out', { kind: 'forgets to answer' }],
    ['carried out half of it', { kind: 'stops', after: 10 }],
    ['has not begun', { kind: 'drops' }],
  ];
  for (const [what, misbehaviour] of cases)
    it(`given that it ${what}, then it waits for it, and writes all once it is back`, async () => {
      const { clock, sleeper } = new ManualTime();
      const queue = new MemorySearchQueue(clock);
      await queue.send(range(25).map(book));
      let killed: Promise<void> | undefined;
      shop.local.misbehaves = () => {
        killed ??= shop.local.kill();
        return misbehaviour;
      };
      let seenDown = 0;
      const indexing = new IndexQueue(
        {
          ...{ clock, sleeper, logger: new RecordingLogger(), random: new FixedRandom(0.5) },
          source: new MemorySearchActionSource(queue, { clock, sleeper, visibilityMs: 4 * LATE_MS }),
          documents: new IndexDocuments({
            ...{ model: fleet.model, index: shop.index, fences: new MemorySearchFences() },
            ...{ rows: new NoRows(), retrier: aRetrier() },
          }),
          metrics: new MemoryMetrics(),
          onProgress: ({ isDown }) => {
            if (!isDown || ++seenDown > 1) return;
            shop.local.misbehaves = () => undefined;
            void killed?.then(() => shop.local.restart());
          },
        },
        { once: true, waitMs: 1_000, receivers: 3 },
      );
      expect(await indexing.run(new AbortController().signal)).to.include({
        ...{ received: 25, written: 25, givenBack: 0, held: 0, isDown: false },
      });
      expect(seenDown).to.be.at.least(1);
      expect(shop.ids()).to.have.members(range(25).map((n) => `b${n}`));
      expect(queue.groups.size).to.equal(0);
    });
});
