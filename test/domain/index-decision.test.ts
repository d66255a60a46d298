import { expect } from 'chai';
import { decideIndexing, type IndexDecision, type KnownDocument } from '../../src/domain/index-decision.ts';
import type { SearchFence } from '../../src/domain/search-fence.ts';
import { version } from '../support/factories.ts';

const fence = (sequence: number, revision = 0): SearchFence => ({
  version: version(sequence),
  removed: false,
  revision,
});

const CASES: readonly (readonly [given: string, known: Partial<KnownDocument>, decision: IndexDecision])[] = [
  ['no fence', { fence: undefined }, 'write'],
  ['an older fence', { fence: fence(4) }, 'write'],
  ['the same fence', { fence: fence(5) }, 'none'],
  ['a newer fence', { fence: fence(6) }, 'none'],
  ['the fence of a later stream', { fence: { ...fence(1), version: version(1, 'b') } }, 'none'],
  [
    'an older fence, and an older version unconfirmed',
    { fence: fence(4), unconfirmed: [version(3)] },
    'write',
  ],
  ['a newer fence, and this version unconfirmed', { fence: fence(6), unconfirmed: [version(5)] }, 'repair'],
  ['a newer fence, and an older one unconfirmed', { fence: fence(6), unconfirmed: [version(2)] }, 'repair'],
  ['the same fence, and this version unconfirmed', { fence: fence(5), unconfirmed: [version(5)] }, 'repair'],
  ['an older fence, and this version unconfirmed', { fence: fence(4), unconfirmed: [version(5)] }, 'write'],
  ['the same fence, and this version written', { fence: fence(5), written: [version(5)] }, 'repair'],
  [
    'the same fence, repaired, and this version written',
    { fence: fence(5, 2), written: [version(5)] },
    'repair',
  ],
  ['a newer fence, and this version written', { fence: fence(6), written: [version(5)] }, 'repair'],
  ['an older fence, and this version written', { fence: fence(4), written: [version(5)] }, 'write'],
  ['the same fence, and an older one unconfirmed', { fence: fence(5), unconfirmed: [version(2)] }, 'repair'],
  [
    'the same fence, repaired, and this version unconfirmed',
    { fence: fence(5, 2), unconfirmed: [version(5)] },
    'repair',
  ],
];

describe('decideIndexing', () => {
  for (const [given, known, decision] of CASES)
    it(`given ${given}, when an action is to be carried out, then the decision is ${decision}`, () => {
      const document = { fence: undefined, newest: version(5), unconfirmed: [], written: [] };
      expect(decideIndexing({ ...document, ...known })).to.equal(decision);
    });
});
