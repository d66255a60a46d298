import { expect } from 'chai';
import fc from 'fast-check';
import { LAGGING, type Misbehaviour, REFUSES_WRITES } from '../../../local/typesense/misbehaviour.ts';
import type { DocumentWrite } from '../../../src/application/ports/search-index.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { collect } from '../../support/collect.ts';
import { decimal } from '../../support/factories.ts';
import { indexed, put, removal } from '../../contracts/search-index/harness.ts';
import { aBookshop, type Bookshop } from './support.ts';

/** What may go wrong with a request, and ends: none of these takes time. */
const wrong: fc.Arbitrary<Misbehaviour | undefined> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Misbehaviour>(
      LAGGING,
      REFUSES_WRITES,
      { kind: 'drops' },
      { kind: 'forgets to answer' },
      { kind: 'answers half' },
      { kind: 'stops', after: 0 },
      { kind: 'stops', after: 1 },
      { kind: 'stops', after: 3 },
      // Lines that are lost, lines that nobody asked for, and a line that is no JSON.
      { kind: 'answers', with: (body) => body.split('\n').slice(0, -1).join('\n') },
      { kind: 'answers', with: (body) => `${body}\n${body}` },
      { kind: 'answers', with: (body) => body.replace('"success":true', '"success":tr"ue') },
    ),
  },
);

const IDS = ['a', 'b', 'FAA:N1', '..', '`', '*', 'a/b', 'export', 'ü'];

const write = fc.record({
  id: fc.constantFrom(...IDS),
  year: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  text: fc.string({ unit: 'binary', maxLength: 5 }),
});

/** One call, at most one write a document. */
const call = fc
  .uniqueArray(write, { selector: ({ id }) => id, minLength: 1, maxLength: IDS.length })
  .map((writes) =>
    writes.map(({ id, year, text }): DocumentWrite =>
      year === null ? removal(id) : put(id, { year: decimal(String(year)), digits: text, tags: [text] }),
    ),
  );

describe('TypesenseSearchIndex, under any misbehaviour', function () {
  this.timeout(180_000);
  let shop: Bookshop;
  before(async () => {
    shop = await aBookshop();
  });
  after(() => shop.local.stop());

  it('given writes that are repeated until they are done, then the documents are as a map says', async () => {
    const run = async (
      calls: readonly (readonly DocumentWrite[])[],
      script: readonly (Misbehaviour | undefined)[],
    ) => {
      shop.local.routes.collections.get('books')?.documents.clear();
      const expected = new Map<string, unknown>();
      // In the end all goes well.
      const wrongs = [...script];
      shop.local.misbehaves = ({ method }) => (method === 'GET' ? undefined : wrongs.shift());
      for (const writes of calls) {
        let pending = writes;
        for (let attempt = 1; pending.length > 0; attempt++) {
          expect(attempt).to.be.at.most(script.length + 1);
          const results = await shop.index.apply('books', pending);
          expect(results).to.have.length(pending.length);
          for (const result of results)
            expect(Fault.is(result) ? result.kind : result).to.be.oneOf(['done', 'transient']);
          pending = pending.filter((_, n) => results[n] !== 'done');
        }
        for (const { id, document } of writes)
          if (document === undefined) expected.delete(id);
          else expected.set(id, indexed(document));
        await expectAll(expected);
      }
    };
    const expectAll = async (expected: ReadonlyMap<string, unknown>) => {
      const listed = await collect(shop.index.documents('books'));
      expect(new Map(listed.map(({ id, fields }) => [id, indexed(fields)]))).to.deep.equal(expected);
      const found = await shop.index.read('books', IDS);
      for (const [n, id] of IDS.entries()) {
        const document = found[n];
        if (Fault.is(document)) throw document;
        expect(indexed(document), id).to.deep.equal(expected.get(id));
      }
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { minLength: 1, maxLength: 4 }),
        fc.array(wrong, { maxLength: 12 }),
        run,
      ),
      { numRuns: 150 },
    );
  });
});
