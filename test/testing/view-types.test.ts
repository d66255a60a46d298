import { expect } from 'chai';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { effect } from '../../src/domain/definition/effect.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import { testing } from '../../src/testing/kit.ts';
import { VIEW_TYPES } from '../../src/testing/stream-record.ts';

const post = row({ PK: 'BLOG#<blog>', SK: 'POST#<post>' }).with<{ readonly title: string }>();
const visit = row({ PK: 'BLOG#<blog>', SK: 'VISIT#<visit>' }).with<{ readonly page: string }>();

const blog = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { post, visit },
  derive: {
    latest: pointer(post, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['title'] }),
    seen: effect(visit, { run: ({ key, operation }, { once }) => once({ ...key, operation }) }),
  },
});

for (const view of VIEW_TYPES)
  describe(`testing with a stream that carries ${view}`, () => {
    const kit = testing(blog, { view });
    const { post: aPost, visit: aVisit } = kit.rows;
    const first = { blog: 'b', post: '1' };
    const second = { blog: 'b', post: '2' };

    it('given an effect that asks for no image, then it runs for each operation', async () => {
      const key = { blog: 'b', visit: '1' };
      await kit
        .given()
        .when([aVisit(key, { page: 'x' }), aVisit.update(key, { page: 'y' }), aVisit.remove(key)], {
          times: 2,
        })
        .then({
          effects: {
            seen: ['INSERT', 'MODIFY', 'REMOVE'].map((operation) => ({
              did: 'run',
              wrote: { ...key, operation },
            })),
          },
          drift: [],
        });
    });

    it('given a pointer, then it reads the rows themselves', async () => {
      const table = kit.given(aPost(first, { title: 'A' }));
      await table
        .when([aPost(second, { title: 'B' }), aPost.update(second, { title: 'C' })], { times: 2, batch: 1 })
        .then({ pointers: { latest: [{ ...second, title: 'C' }] }, drift: [] });
      await table
        .when(aPost(second, { title: 'B' }))
        .when(aPost.remove(second), { times: 2 })
        .then({ pointers: { latest: [{ ...first, title: 'A' }] }, drift: [] });
    });
  });

describe('testing with a stream that does not carry what a derivation needs', () => {
  const definition = defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { post },
    derive: { found: documents(post, { collection: 'posts', fields: ['title'] }) },
  });

  for (const view of ['KEYS_ONLY', 'OLD_IMAGE', 'NEW_IMAGE'] as const)
    it(`given ${view}, then a document fails with what to set`, async () => {
      const { given, rows } = testing(definition, { view });
      const changed = given()
        .when(rows.post({ blog: 'b', post: '1' }, { title: 'A' }))
        .when(rows.post.update({ blog: 'b', post: '1' }, { title: 'B' }));
      const { failures, documents: found } = await changed.state();
      expect(failures[0]?.message).to.contain("set the table's StreamViewType to NEW_AND_OLD_IMAGES");
      expect(found.posts).to.deep.equal({});
    });
});
