import { expect } from 'chai';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents, type DocumentsSpec } from '../../src/domain/definition/documents.ts';
import { row, type RowOf } from '../../src/domain/definition/row.ts';
import { type Plain, SourceTable, streamRecord, type TableRow } from '../support/stream-records.ts';
import { aWorkerOf } from './shop.ts';
import { derivedBy, inShort } from './worker.ts';

/* What becomes of records by what the functions of a definition say, and where they fail. */

interface Post {
  readonly state: string;
  readonly title?: string;
}

const KEY = { PK: 'BLOG#<blog>', SK: 'POST#<post>' } as const;
const post = row(KEY).with<Post>();

type Spec = DocumentsSpec<typeof KEY, Post>;

/** A table whose published posts can be searched for, unless told otherwise. */
function blogOf(spec: Partial<Spec> = {}) {
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { post },
    derive: {
      'post-search': documents(post, {
        collection: 'posts',
        fields: ['title'],
        where: ({ attributes }) => attributes.state === 'published',
        ...spec,
      }),
    },
  });
}

function postRow(id: string, state: Plain, title = 'a title'): TableRow {
  return { PK: 'BLOG#b', SK: `POST#${id}`, state, title };
}

const DRAFT = postRow('1', 'draft');
const PUBLISHED = postRow('1', 'published');

/** What a worker sends for one change, where it need not keep the table's rows itself. */
async function sentFor(spec: Partial<Spec>, before: TableRow | undefined, after: TableRow | undefined) {
  const { handle, backend } = aWorkerOf(blogOf(spec), { replica: 'none' });
  const { outcomes, search } = await handle(streamRecord({ before, after }));
  expect(inShort(outcomes)).to.deep.equal(['applied']);
  const sent = backend.queue.drain().map(({ document }) => (document === undefined ? 'delete' : 'upsert'));
  expect(search.unchanged).to.equal(sent.length === 0 ? 1 : 0);
  return sent.join();
}

describe('which rows have a document', () => {
  const cases: readonly [
    what: string,
    before: TableRow | undefined,
    after: TableRow | undefined,
    sent: string,
  ][] = [
    ['comes into being with one', undefined, PUBLISHED, 'upsert'],
    ['comes into being without one', undefined, DRAFT, ''],
    ['gets one', DRAFT, PUBLISHED, 'upsert'],
    ['loses its', PUBLISHED, DRAFT, 'delete'],
    ['still has none', DRAFT, postRow('1', 'draft', 'another'), ''],
    ['still has one that is the same', PUBLISHED, { ...PUBLISHED, note: 'x' }, ''],
    ['still has one that is another', PUBLISHED, postRow('1', 'published', 'another'), 'upsert'],
    ['goes with its', PUBLISHED, undefined, 'delete'],
    ['goes without one, as one may be left of a lost change', DRAFT, undefined, 'delete'],
  ];
  for (const [what, before, after, sent] of cases)
    it(`given a row that ${what}, then ${sent === '' ? 'nothing' : `one ${sent}`} is sent`, async () => {
      expect(await sentFor({}, before, after)).to.equal(sent);
    });

  for (const [what, before, after, sent] of cases)
    it(`given a row that ${what}, and a function for the fields, then it is the same`, async () => {
      const fields = ({ attributes }: RowOf<typeof KEY, Post>) => ({ title: attributes.title });
      expect(await sentFor({ fields }, before, after)).to.equal(sent);
    });

  it('given a row that loses and gets its document within a batch, then its last state stands', async () => {
    for (const states of [
      ['published', 'draft'],
      ['published', 'draft', 'published'],
      ['draft', 'published', 'draft'],
    ]) {
      const table = new SourceTable();
      const { handle, backend } = aWorkerOf(blogOf());
      await handle(...states.map((state) => table.put(postRow('1', state))));
      const { documents } = await derivedBy(backend);
      expect(documents).to.have.length(states.at(-1) === 'published' ? 1 : 0);
    }
  });

  it('given that the key alone says that there is none, then nothing is ever sent', async () => {
    const where: Spec['where'] = (one) => one.key.blog === 'other' && one.attributes.state === 'published';
    const { handle, backend } = aWorkerOf(blogOf({ where }), { replica: 'none' });
    for (const [, before, after] of cases)
      expect(inShort((await handle(streamRecord({ before, after }))).outcomes)).to.deep.equal(['ignored']);
    expect(backend.queue.drain()).to.deep.equal([]);
  });

  describe('given an old image for which where throws', () => {
    const where: Spec['where'] = ({ attributes }) => attributes.state.startsWith('pub');
    const unknown = postRow('1', 1);

    it('and a row without a document now, then it is deleted', async () => {
      expect(await sentFor({ where }, unknown, DRAFT)).to.equal('delete');
    });

    it('and a row with one, then it is sent', async () => {
      expect(await sentFor({ where }, unknown, PUBLISHED)).to.equal('upsert');
    });

    it('and no row any more, then it is deleted', async () => {
      expect(await sentFor({ where }, unknown, undefined)).to.equal('delete');
    });
  });

  it('given an old image for which fields throws, then the document is sent', async () => {
    const fields: Spec['fields'] = ({ attributes }) => ({ title: attributes.title!.trim() });
    expect(await sentFor({ fields }, { ...PUBLISHED, title: 5 }, PUBLISHED)).to.equal('upsert');
  });
});

describe('a change that does not follow on from the row as the worker had it', () => {
  /** What a worker that keeps the table's rows sends for a change of a row that it has never seen. */
  async function sentUnconnected(spec: Partial<Spec>, before: TableRow, after: TableRow | undefined) {
    const { handle, backend } = aWorkerOf(blogOf(spec));
    const { outcomes } = await handle(streamRecord({ before, after }));
    expect(['applied', 'ignored']).to.include(outcomes[0]?.status);
    return backend.queue.drain().map(({ document }) => (document === undefined ? 'delete' : 'upsert'));
  }

  it('given a row that still has its document, then it is sent all the same', async () => {
    expect(await sentUnconnected({}, PUBLISHED, PUBLISHED)).to.deep.equal(['upsert']);
  });

  it('given a row that still has none, then one that may be there is deleted', async () => {
    expect(await sentUnconnected({}, DRAFT, postRow('1', 'draft', 'another'))).to.deep.equal(['delete']);
  });

  it('given a row that has none by its key alone, then nothing is sent', async () => {
    const where: Spec['where'] = ({ key }) => key.blog === 'other';
    expect(await sentUnconnected({ where }, DRAFT, postRow('1', 'draft', 'another'))).to.deep.equal([]);
    expect(await sentUnconnected({ where }, DRAFT, undefined)).to.deep.equal([]);
  });

  it('given a row that has none by its key, of a where that takes its attributes all the same, then it is deleted', async () => {
    const where: Spec['where'] = ({ key, attributes }) => key.blog === 'other' && attributes.state !== '';
    expect(await sentUnconnected({ where }, DRAFT, postRow('1', 'draft', 'another'))).to.deep.equal([
      'delete',
    ]);
  });

  it('given a row that loses its document, then it is deleted once', async () => {
    expect(await sentUnconnected({}, PUBLISHED, DRAFT)).to.deep.equal(['delete']);
  });

  it('given a row that gets one, then it is sent once', async () => {
    expect(await sentUnconnected({}, DRAFT, PUBLISHED)).to.deep.equal(['upsert']);
  });

  it('given a row that is gone and had one, then it is deleted', async () => {
    expect(await sentUnconnected({}, PUBLISHED, undefined)).to.deep.equal(['delete']);
  });
});

describe('a function of a definition that fails', () => {
  const thrown = () => {
    throw new TypeError('not that one');
  };
  const promised = () => Promise.reject(new Error('nobody waits for this')) as never;
  const nothing = () => undefined as never;
  const text = () => 'yes' as never;

  const POST = 'the post row ["BLOG#b","POST#1"]';
  const cases: readonly [member: 'where' | 'fields', what: string, run: () => never, fault: RegExp][] = [
    [
      'where',
      'throws',
      thrown,
      /^permanent: where of the derivation post-search threw for .*: not that one$/,
    ],
    [
      'where',
      'returns a promise',
      promised,
      /^configuration: where of the derivation post-search, called for the post row .* returned a promise/,
    ],
    [
      'where',
      'returns undefined',
      nothing,
      /^permanent: where of the derivation post-search, called for the post row .* returned undefined /,
    ],
    [
      'where',
      'returns a text',
      text,
      /^permanent: where of the derivation post-search, called for the post row .* returned a string /,
    ],
    [
      'fields',
      'throws',
      thrown,
      /^permanent: fields of the derivation post-search threw for .*: not that one$/,
    ],
    [
      'fields',
      'returns a promise',
      promised,
      /^configuration: fields of the derivation post-search, called for the post row .* returned a promise/,
    ],
    [
      'fields',
      'returns undefined',
      nothing,
      /^permanent: fields of the derivation post-search, called for the post row .* returned undefined /,
    ],
    [
      'fields',
      'returns a text',
      text,
      /^permanent: fields of the derivation post-search, called for the post row .* returned a string /,
    ],
  ];
  for (const [member, what, run, fault] of cases)
    it(`given a ${member} that ${what} for one row, then its record fails, its item's later ones wait, and others go on`, async () => {
      const good = {
        where: () => true,
        fields: ({ attributes }: RowOf<typeof KEY, Post>) => ({ title: attributes.title }),
      };
      const spec: Partial<Spec> = {
        ...good,
        [member]: (of: RowOf<typeof KEY, Post>) => (of.attributes.state === 'bad' ? run() : good[member](of)),
      };
      const { handleNamed, backend } = aWorkerOf(blogOf(spec));
      const table = new SourceTable();
      const { outcomes } = await handleNamed({
        before: table.put(postRow('1', 'good', 'before')),
        bad: table.put(postRow('1', 'bad')),
        another: table.put(postRow('2', 'good')),
        later: table.put(postRow('1', 'good', 'later')),
      });
      expect(outcomes['bad']).to.match(fault).and.include(POST);
      expect({ ...outcomes, bad: '' }).to.deep.equal({
        before: 'applied',
        bad: '',
        another: 'applied',
        later: 'transient: held back: an earlier change of the same item failed (sequence number 2)',
      });
      const { documents } = await derivedBy(backend);
      expect(documents.map(([, id]) => id)).to.deep.equal(['b:1', 'b:2']);
      expect(JSON.stringify(documents[0])).to.include('before');
    });
});
