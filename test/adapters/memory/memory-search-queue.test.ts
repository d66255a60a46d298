import { expect } from 'chai';
import { MemorySearchQueue } from '../../../src/adapters/memory/memory-search-queue.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import { searchQueueContract, type SearchQueueHarness } from '../../contracts/search-queue.contract.ts';

const setUp = async (): Promise<SearchQueueHarness> => {
  const queue = new MemorySearchQueue();
  return { queue, receive: async () => queue.drain() };
};

searchQueueContract('the memory search queue', setUp, {
  deliversOlderActions: { no: 'it remembers the newest version of each document instead of identities' },
  nulCharacters: 'yes',
  largestDocument: 400_000,
});

describe('MemorySearchQueue', () => {
  const action = (id: string, sequence: string, epoch = ''): SearchAction => ({
    key: { collection: 'registry', id },
    version: { epoch, sequence },
    identity: { stream: epoch, sequence },
    document: { id },
  });

  it('accepts an action that is older than one of its document, and does not deliver it', async () => {
    const queue = new MemorySearchQueue();
    await queue.send([action('a', '10')]);
    queue.drain();
    expect(await queue.send([action('a', '9'), action('b', '9')])).to.deep.equal(['sent', 'sent']);
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
});
