import { expect } from 'chai';
import { SqsSearchActionSource } from '../../src/adapters/aws/sqs/sqs-search-action-source.ts';
import { SqsSearchQueue } from '../../src/adapters/aws/sqs/sqs-search-queue.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { MemorySearchEngine } from '../../src/adapters/memory/memory-search-engine.ts';
import { MemorySearchFences } from '../../src/adapters/memory/memory-search-fences.ts';
import { SystemClock, SystemRandom, SystemSleeper } from '../../src/adapters/system/system.ts';
import { IndexDocuments } from '../../src/application/index-documents.ts';
import { LATE_MS } from '../../src/application/index-outcome.ts';
import { IndexQueue } from '../../src/application/index-queue.ts';
import { SourceRows } from '../../src/application/ports/source-rows.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { aRetrier, RecordingLogger } from '../application/doubles.ts';
import { ownQueue } from '../adapters/aws/sqs/own-queue.ts';
import { version } from '../support/factories.ts';
import { range } from '../support/range.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

const DOCUMENTS = 12;
const VERSIONS = 4;

function action(document: number, sequence: number): SearchAction {
  const id = `d${document}`;
  // The newest of every third is that it is gone.
  const isGone = sequence === VERSIONS && document % 3 === 0;
  return {
    ...{ key: { collection: 'books', id }, version: version(sequence), row: { partition: 'BOOK', sort: id } },
    identity: { stream: 's', sequence: `${document}-${sequence}` },
    document: isGone ? undefined : { id, name: `version ${sequence}` },
  };
}

class NoRows extends SourceRows {
  override read(): Promise<never> {
    return Promise.reject(new Error('nothing is to be repaired here'));
  }
}

describeWithServers('indexers of a queue that is not FIFO', () => {
  it('given versions in any order, twice each, and two processes, then the newest stand', async () => {
    const { sqs } = await sharedServers();
    const { client, queueUrl, close } = await ownQueue(sqs.endpoint, 'standard', false);
    try {
      const queue = new SqsSearchQueue(client, { queueUrl, allowStandard: true });
      const all = range(DOCUMENTS).flatMap((document) => range(VERSIONS).map((n) => action(document, n + 1)));
      // In their order, and once more the other way round: the oldest come last.
      const order = all.toSorted((a, b) => b.version.sequence.localeCompare(a.version.sequence));
      for (const one of [...order.toReversed(), ...order]) await queue.send([one]);

      const [engine, fences, logger] = [
        new MemorySearchEngine(),
        new MemorySearchFences(),
        new RecordingLogger(),
      ];
      const process = () =>
        new IndexQueue(
          {
            ...{ clock: new SystemClock(), sleeper: new SystemSleeper(), random: new SystemRandom(), logger },
            source: new SqsSearchActionSource(client, {
              ...{ queueUrl, allowStandard: true, visibilityMs: 4 * LATE_MS },
            }),
            documents: new IndexDocuments({
              ...{ model: fleet.model, index: engine, fences, rows: new NoRows(), retrier: aRetrier() },
            }),
            metrics: new MemoryMetrics(),
          },
          // Small batches: a document's versions are in several.
          { once: true, waitMs: 0, receivers: 2, batchMax: 5, lingerMs: 0 },
        ).run(new AbortController().signal);
      const ended = await Promise.all([process(), process()]);

      const sum = (name: 'received' | 'givenBack' | 'unrepaired') =>
        ended.reduce((total, progress) => total + progress[name], 0);
      expect([sum('received'), sum('givenBack'), sum('unrepaired')]).to.deep.equal([2 * all.length, 0, 0]);
      const found = await engine.read(
        'books',
        range(DOCUMENTS).map((n) => `d${n}`),
      );
      expect(found.map((document) => document?.['name'])).to.deep.equal(
        range(DOCUMENTS).map((n) => (n % 3 === 0 ? undefined : `version ${VERSIONS}`)),
      );
      expect(logger.lines).to.deep.equal([]);
    } finally {
      await close();
    }
  });
});
