import { expect } from 'chai';
import { MemorySearchQueue } from '../../../src/adapters/memory/memory-search-queue.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import { range } from '../../support/range.ts';

describe('MemorySearchQueue', () => {
  const action = (id: string, sequence: string, epoch = ''): SearchAction => ({
    key: { collection: 'registry', id },
    version: { generation: 0, epoch, sequence },
    identity: { stream: epoch, sequence },
    document: { id },
  });

  it('accepts an action that is older than one of its document, and does not deliver it', async () => {
    const queue = new MemorySearchQueue();
    await queue.send([action('a', '10')]);
    queue.drain();
    expect(await queue.send([action('a', '9'), action('b', '9')])).to.deep.equal(['done', 'done']);
    expect(queue.drain()).to.deep.equal([action('b', '9')]);
  });

  it('delivers a later stream after an earlier one, whatever its numbers', async () => {
    const queue = new MemorySearchQueue();
    await queue.send([action('a', '10', '2025')]);
    await queue.send([action('a', '1', '2026')]);
    await queue.send([action('a', '11', '2025')]);
    expect(queue.drain()).to.deep.equal([action('a', '10', '2025'), action('a', '1', '2026')]);
  });

  it('counts what it accepted, repeats not, also after it was drained', async () => {
    const queue = new MemorySearchQueue();
    expect(queue.sent).to.equal(0);
    await queue.send([action('a', '1'), action('b', '1')]);
    await queue.send([action('a', '1'), action('a', '2')]);
    queue.drain();
    expect(queue.sent).to.equal(3);
  });

  it('remembers documents that are there however many others are deleted, and of those the last 50,000', async () => {
    const queue = new MemorySearchQueue();
    const deletions = range(50_001).map((n) => ({ ...action(`deleted ${n}`, '1'), document: undefined }));
    await queue.send([action('there', '1'), ...deletions]);
    queue.drain();
    await queue.send([action('there', '1'), deletions[1]!, deletions[0]!]);
    expect(queue.drain(), 'what is forgotten is left to the index').to.deep.equal(deletions.slice(0, 1));
  });

  it('remembers a document that comes back after its deletion', async () => {
    const queue = new MemorySearchQueue();
    await queue.send([action('a', '1')]);
    await queue.send([{ ...action('a', '2'), document: undefined }]);
    await queue.send([action('a', '3')]);
    queue.drain();
    await queue.send([action('a', '1')]);
    await queue.send([action('a', '3')]);
    expect(queue.drain()).to.deep.equal([]);
  });
});
