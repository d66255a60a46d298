import { expect } from 'chai';
import { MemorySearchIndex } from '../../../src/adapters/memory/memory-search-index.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import type { DocumentKey } from '../../../src/domain/search-document.ts';

const key: DocumentKey = { collection: 'registry', id: 'FAA:N1' };

function upsert(sequence: string, epoch = '', at = key): SearchAction {
  const document = { id: at.id, model: `as of ${epoch}/${sequence}` };
  return {
    key: at,
    version: { generation: 0, epoch, sequence },
    identity: { stream: epoch, sequence },
    document,
  };
}

function deletion(sequence: string, epoch = ''): SearchAction {
  return { ...upsert(sequence, epoch), document: undefined };
}

describe('MemorySearchIndex', () => {
  const after = (...actions: SearchAction[]) => {
    const index = new MemorySearchIndex();
    for (const action of actions) index.apply([action]);
    return [...index.documents()];
  };
  const holds = (action: SearchAction) => [{ key: action.key, fields: action.document }];

  const histories: [string, SearchAction[], SearchAction | undefined][] = [
    ['nothing, then it is empty', [], undefined],
    ['an upsert, then it holds the document', [upsert('1')], upsert('1')],
    ['a newer upsert, then it holds that', [upsert('9'), upsert('10')], upsert('10')],
    ['an older upsert after a newer, then it holds the newer', [upsert('10'), upsert('9')], upsert('10')],
    ['a deletion, then the document is gone', [upsert('1'), deletion('2')], undefined],
    [
      'an older upsert after a deletion, then the document stays gone',
      [deletion('10'), upsert('9')],
      undefined,
    ],
    [
      'an older deletion after an upsert, then the document stays',
      [upsert('10'), deletion('9')],
      upsert('10'),
    ],
    ['a newer upsert after a deletion, then it holds that', [deletion('2'), upsert('3')], upsert('3')],
    [
      'all of it again, then nothing changes',
      [upsert('1'), deletion('2'), upsert('1'), deletion('2')],
      undefined,
    ],
    [
      'a later stream with lower numbers, then it holds that',
      [upsert('9', 'a'), upsert('1', 'b')],
      upsert('1', 'b'),
    ],
    [
      'an earlier stream after a later, then it is dropped',
      [upsert('1', 'b'), upsert('9', 'a')],
      upsert('1', 'b'),
    ],
  ];
  for (const [title, actions, expected] of histories)
    it(`given ${title}`, () => {
      expect(after(...actions)).to.deep.equal(expected === undefined ? [] : holds(expected));
    });

  it('keeps documents with one id apart by their collections', () => {
    const other: DocumentKey = { collection: 'icao_aircraft', id: key.id };
    expect(after(upsert('2'), upsert('1', '', other))).to.deep.equal([
      ...holds(upsert('2')),
      ...holds(upsert('1', '', other)),
    ]);
  });

  it('keeps documents apart whose names have spaces', () => {
    const [one, other] = [
      { collection: 'a', id: 'b c' },
      { collection: 'a b', id: 'c' },
    ];
    expect(after(upsert('2', '', one), upsert('1', '', other))).to.deep.equal([
      ...holds(upsert('2', '', one)),
      ...holds(upsert('1', '', other)),
    ]);
  });
});
