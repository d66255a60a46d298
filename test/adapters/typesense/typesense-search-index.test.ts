import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import type { Misbehaviour } from '../../../local/typesense/misbehaviour.ts';
import { MAX_BODY_BYTES } from '../../../src/adapters/typesense/import-body.ts';
import { TypesenseSearchIndex } from '../../../src/adapters/typesense/typesense-search-index.ts';
import { BackPressure } from '../../../src/application/back-pressure.ts';
import { collect } from '../../support/collect.ts';
import { decimal } from '../../support/factories.ts';
import { kindsOf } from '../../support/kinds.ts';
import { range } from '../../support/range.ts';
import { put, removal } from '../../contracts/search-index/harness.ts';
import { aBookshop, type Bookshop, checked, faultIn, SCHEMA } from './support.ts';

/** Places are in typesense/typesense at 4a092b0, unless they are issues of it. */
describe('TypesenseSearchIndex', () => {
  let shop: Bookshop;
  beforeEach(async () => {
    shop = await aBookshop();
  });
  afterEach(() => shop.local.stop());

  const asked = () => shop.local.requests.map(({ method, path }) => `${method} ${path}`);
  const apply = (...writes: Parameters<typeof shop.index.apply>[1]) => shop.index.apply('books', writes);
  /** What happens to requests, the first, the second and so on. */
  const goWrong = (...wrong: (Misbehaviour | undefined)[]) => {
    shop.local.misbehaves = () => wrong.shift();
  };

  it('imports by upsert, never by emplace, which merges (issue #824), and sends no null', async () => {
    await apply(put('a', { digits: null }));
    const [request] = shop.local.requests;
    expect([request?.path, request?.query]).to.deep.equal([
      '/collections/books/documents/import',
      'action=upsert',
    ]);
    expect(String(request?.body)).to.equal('{"id":"a","name":"document a"}');
  });

  it('sends integers as such, and all digits (issue #2296)', async () => {
    await apply(
      put('a', { serial: decimal('9007199254740993'), year: decimal('2E+3'), price: decimal('23.0') }),
    );
    expect(String(shop.local.requests[0]?.body)).to.include(
      '"serial":9007199254740993,"year":2000,"price":23.0',
    );
  });

  it('sends the JSON that a document came in, if it is as the schema has it, and writes it anew elsewhere', async () => {
    const sent = async (fields: Parameters<typeof put>[1], json: string) => {
      shop.local.requests.length = 0;
      expect(await apply({ ...put('a', fields), json })).to.deep.equal(['done']);
      return String(shop.local.requests[0]?.body);
    };
    const given = '{ "id":"a","name":"document \\u0061" }';
    expect(await sent({}, given)).to.equal(given);
    expect(await sent({ digits: null }, '{}')).to.equal('{"id":"a","name":"document a"}');
  });

  it('keeps requests below the window of the server, one after the other (src/http_data.h:450)', async () => {
    const writes = range(30).map((n) => put(`${n}`, { digits: 'ü'.repeat(10_000 + n) }));
    expect(new Set(await apply(...writes))).to.deep.equal(new Set(['done']));
    expect(shop.local.requests).to.have.length(4);
    for (const { body } of shop.local.requests) expect(body.length).to.be.at.most(MAX_BODY_BYTES);
    expect(MAX_BODY_BYTES).to.be.below(196_605);
  });

  it('sends a document that is larger alone and in ASCII, so that no character is lost', async () => {
    const text = 'ü🛩'.repeat(60_000);
    expect(await apply(put('a', { digits: text }), put('b'))).to.deep.equal(['done', 'done']);
    expect(shop.local.requests).to.have.length(2);
    const large = shop.local.requests.find(({ body }) => body.length > MAX_BODY_BYTES);
    expect(large?.body.every((byte) => byte < 0x80)).to.equal(true);
    const [found] = await shop.index.read('books', ['a']);
    expect(found).to.have.property('digits', text);
  });

  it('deletes by filter a hundred at a time, and alone what no filter can name', async () => {
    const ids = [...range(250).map((n) => `FAA:N${n}`), '..', 'a`b', '*', 'a/b', '%'];
    await apply(...ids.map((id) => put(id)));
    shop.local.requests.length = 0;
    expect(new Set(await apply(...ids.map(removal)))).to.deep.equal(new Set(['done']));
    expect(shop.ids()).to.deep.equal([]);
    expect(asked().toSorted()).to.deep.equal([
      'DELETE /collections/books/documents',
      'DELETE /collections/books/documents',
      'DELETE /collections/books/documents',
      'DELETE /collections/books/documents/*',
      'DELETE /collections/books/documents/a%2Fb',
      'DELETE /collections/books/documents/a%60b',
    ]);
  });

  it('takes the answer of older servers, that there is nothing to delete, for success', async () => {
    goWrong({ kind: 'status', status: 404, body: '{"message": "Could not find a document with id: `"}' });
    expect(await apply(removal('`'))).to.deep.equal(['done']);
    goWrong({ kind: 'status', status: 404, body: '{"message": "Not Found"}' });
    expect((await faultIn(apply(removal('`')))).kind).to.equal('configuration');
  });

  it('given a refusal in the middle, then the first lines are written, and the rest waits', async () => {
    goWrong({ kind: 'stops', after: 2 });
    const writes = [put('a'), put('b'), put('c'), put('d', { digits: 'x'.repeat(196_000) }), removal('e')];
    const results = await apply(...writes);
    expect(kindsOf(results)).to.deep.equal(['done', 'done', 'transient', 'transient', 'transient']);
    for (const fault of results.slice(2)) {
      expect(checked(fault)).to.be.instanceOf(BackPressure);
      expect(checked(fault).message).to.include('OUT_OF_DISK');
    }
    expect(shop.local.requests, 'it stops').to.have.length(1);
  });

  it('given a request that fails, then what was not written has its fault, and nothing more is sent', async () => {
    goWrong(undefined, { kind: 'status', status: 500 });
    const writes = range(3).map((n) => put(`${n}`, { digits: 'x'.repeat(150_000) }));
    const results = await apply(...writes, removal('z'), put('', {}));
    expect(kindsOf(results)).to.deep.equal(['done', 'transient', 'transient', 'transient', 'permanent']);
    expect(shop.local.requests).to.have.length(2);
  });

  it('given that a document alone is too large for what stands before the server, then it is refused, and the rest goes on', async () => {
    await apply(put('z'));
    shop.local.misbehaves = ({ body }) =>
      body.length > MAX_BODY_BYTES ? { kind: 'status', status: 413, body: '<html>' } : undefined;
    const large = put('large', { digits: 'x'.repeat(200_000) });
    const results = await apply(put('a'), large, put('b'), removal('z'));
    expect(kindsOf(results)).to.deep.equal(['done', 'permanent', 'done', 'done']);
    expect(checked(results[1]).message).to.include('books "large"').and.include('413');
    // Its JSON.
    expect(checked(results[1]).message).to.match(/which has 200,0\d\d bytes$/);
    expect(checked(results[1]).reason).not.to.include('large"').and.not.include('bytes');
    expect(shop.ids()).to.deep.equal(['a', 'b']);
  });

  it('given that several documents are too large together, then they go out in parts, later ones at once, and what is too large alone is refused', async () => {
    const most = 5_000;
    let refused = 0;
    shop.local.misbehaves = ({ body }) => {
      if (body.length <= most) return undefined;
      refused++;
      return { kind: 'status', status: 413, body: '<html>' };
    };
    const writes = range(20).map((n) => put(`${n}`, { digits: 'x'.repeat(n === 7 ? 6_000 : 900) }));
    const results = await apply(...writes);
    expect(kindsOf(results)).to.deep.equal(range(20).map((n) => (n === 7 ? 'permanent' : 'done')));
    expect(checked(results[7]).message).to.match(/books "7": .*which has 6,\d\d\d bytes$/);
    // In their order, as a document may be in two calls.
    expect(shop.ids()).to.deep.equal(
      range(20)
        .filter((n) => n !== 7)
        .map(String),
    );
    refused = 0;
    expect(kindsOf(await apply(...writes.filter((_, n) => n !== 7)))).to.deep.equal(
      range(19).map(() => 'done'),
    );
    expect(refused, 'of those that come later').to.equal(0);
  });

  it('given lines that are missing, then nothing is known of their documents', async () => {
    goWrong({ kind: 'answers', with: (body) => body.split('\n').slice(0, 2).join('\n') });
    const results = await apply(put('a'), put('b'), put('c'));
    expect(kindsOf(results)).to.deep.equal(['done', 'done', 'transient']);
    expect(checked(results[2]).message).to.include('books "c"').and.include('did not say');
  });

  const LINE = 'Field `year` must be an int32. The secret is 7';
  const refuses = (line: string): Misbehaviour => ({
    kind: 'answers',
    with: (body) => [line, ...body.split('\n').slice(1)].join('\n'),
  });

  it('given a refusal of one document, then it is permanent, and cites nothing of it', async () => {
    for (const error of [JSON.stringify(LINE), `"${LINE} "x""`]) {
      goWrong(refuses(`{"code":400,"error":${error},"success":false}`));
      const results = await apply(put('a'), put('b'));
      expect(kindsOf(results)).to.deep.equal(['permanent', 'done']);
      const { message, reason } = checked(results[0]);
      expect(message).to.include('books "a"').and.include('"year"').and.not.include('secret');
      expect(reason).to.include('"year"').and.not.include('"a"').and.not.include('secret');
    }
  });

  it('given a refusal that names no field of ours, then it is not cited: it may be what a document says', async () => {
    const said = JSON.stringify('Field `personal words` must be an int32.');
    goWrong(refuses(`{"code":400,"error":${said},"success":false}`));
    const { message, reason } = checked((await apply(put('a'), put('b')))[0]);
    expect(message)
      .to.match(/refuses it$/)
      .and.not.include('personal');
    expect(reason).to.match(/refuses it$/);
  });

  it('given a refusal of what fits, by a collection that is another, then that says what differs', async () => {
    const schema = { ...SCHEMA, fields: SCHEMA.fields.map((field) => ({ ...field, optional: true })) };
    const index = new TypesenseSearchIndex(shop.client, [schema]);
    const fault = await faultIn(index.apply('books', [{ ...put('a'), document: { digits: 'x' } }]));
    expect(fault.kind).to.equal('configuration');
    expect(fault.message).to.include('optional of field "name" is false instead of true');
  });

  it('given a failure of the disk, then the line may be tried again (src/collection.cpp:730)', async () => {
    goWrong(refuses('{"code":500,"error":"Could not write to on-disk storage.","success":false}'));
    expect(kindsOf(await apply(put('a'), put('b')))).to.deep.equal(['transient', 'done']);
  });

  it('does not send what it has no schema for', async () => {
    const results = await shop.index.apply('magazines', [put('a'), removal('b')]);
    expect(kindsOf(results)).to.deep.equal(['configuration', 'configuration']);
    expect(asked()).to.deep.equal([]);
  });

  it('given an export that fails in the middle, which is text in a 200, then it does not end well', async () => {
    await apply(put('a'), put('b'));
    const broken = [
      '{"id":"a","name":"A"}\nSomething went wrong with `secret`',
      '{"id":"a","na',
      '{"name":"x"}',
      '7',
    ];
    for (const text of broken) {
      goWrong({ kind: 'answers', with: () => text });
      const fault = await faultIn(collect(shop.index.documents('books')));
      expect(fault.kind).to.equal('transient');
      expect(fault.message).to.include('no document').and.not.include('secret');
    }
    goWrong({ kind: 'answers half' });
    expect((await faultIn(collect(shop.index.documents('books')))).kind).to.equal('transient');
    goWrong({ kind: 'answers', with: () => broken[0] ?? '' });
    expect((await faultIn(shop.index.read('books', ['a']))).kind).to.equal('transient');
  });

  it('gives documents of a listing as they come, before it is known whether it ends', async () => {
    await apply(...range(40).map((n) => put(`${n}`, { digits: 'x'.repeat(20_000) })));
    goWrong({ kind: 'answers half' });
    const found: string[] = [];
    const listing = async () => {
      for await (const { id } of shop.index.documents('books')) found.push(id);
    };
    expect((await faultIn(listing())).kind).to.equal('transient');
    expect(found.length).to.be.within(1, 20);
  });

  it('given a read that fails, then no other is tried', async () => {
    goWrong(undefined, { kind: 'status', status: 503 });
    const found = await shop.index.read('books', [...range(150).map(String), '`']);
    expect(kindsOf(found)).to.deep.equal([
      ...range(100).map(() => undefined),
      ...range(51).map(() => 'transient'),
    ]);
    expect(shop.local.requests).to.have.length(2);
  });

  it('given whoever takes a listing slowly, then its time is not up', async () => {
    await apply(...range(40).map((n) => put(`${n}`, { digits: 'x'.repeat(20_000) })));
    const clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldClearNativeTimers: true });
    try {
      let count = 0;
      for await (const { id } of shop.index.documents('books')) if (id === `${count++}`) clock.tick(1e6);
      expect(count).to.equal(40);
    } finally {
      clock.restore();
    }
  });
});
