import { expect } from 'chai';
import { LAGGING } from '../../../local/typesense/misbehaviour.ts';
import { range } from '../../support/range.ts';
import { isRejected } from '../../support/is-rejected.ts';
import { aServer, type Server } from './support.ts';

/** Places are in typesense/typesense at 4a092b0, unless they are issues of it. */
describe('the stand-in for Typesense', () => {
  let server: Server;
  beforeEach(async () => {
    server = await aServer();
    await server.upsert('{"id":"a","title":"A"}', '{"id":"b c","title":"B"}', '{"id":"..","title":"D"}');
  });
  afterEach(() => server.local.stop());

  const ids = () => [...(server.local.routes.collections.get('books')?.documents.keys() ?? [])];
  const documents = '/collections/books/documents';

  it('lists all collections, with their schemas (get_collections in src/core_api.cpp)', async () => {
    const { status, body } = await server.ask('GET', '/collections');
    expect(status).to.equal(200);
    expect(JSON.parse(body)).to.deep.equal([
      JSON.parse((await server.ask('GET', '/collections/books')).body),
    ]);
  });

  it('asks for its key (src/http_server.cpp:560)', async () => {
    const { status, body } = await server.ask('GET', '/collections/books', undefined, {
      'x-typesense-api-key': 'wrong',
    });
    expect([status, body]).to.deep.equal([
      401,
      '{"message": "Forbidden - a valid `x-typesense-api-key` header must be sent."}',
    ]);
  });

  it('says that all is well while it answers 503 (src/http_server.cpp:505-516)', async () => {
    server.local.misbehaves = ({ path }) => (path === '/health' ? undefined : LAGGING);
    expect(await server.ask('GET', '/health')).to.deep.equal({ status: 200, body: '{"ok":true}' });
    expect((await server.ask('GET', '/collections/books')).status).to.equal(503);
  });

  it('decodes ids once, and takes + for a space (src/string_utils.h:135-153)', async () => {
    expect((await server.ask('GET', `${documents}/b+c`)).status).to.equal(200);
    expect((await server.ask('GET', `${documents}/b%20c`)).status).to.equal(200);
    expect((await server.ask('GET', `${documents}/b%2520c`)).status).to.equal(404);
  });

  it('drops empty parts of a path, so that an empty id is no id (src/string_utils.h)', async () => {
    expect((await server.ask('DELETE', `${documents}/`)).body).to.include('filter_by');
    expect((await server.ask('DELETE', '//collections//books//')).status).to.equal(200);
    expect(server.local.routes.collections.size).to.equal(0);
  });

  it('is asked to drop the collection where a client resolves the id ..', async () => {
    // What the URL class makes of it is /collections/books/
    expect((await server.ask('DELETE', `${documents}/..`)).status).to.equal(200);
    expect(server.local.routes.collections.size).to.equal(0);
  });

  it('takes parameters of the query before those of the path (src/http_server.cpp:521)', async () => {
    await server.ask('DELETE', `${documents}/a?id=b%20c`);
    expect(ids()).to.deep.equal(['a', '..']);
  });

  it('has other addresses for export and search (src/main/typesense_server.cpp)', async () => {
    await server.upsert('{"id":"export","title":"E"}');
    expect((await server.ask('GET', `${documents}/export`)).body.split('\n')).to.have.length(4);
  });

  it('deletes by id: 404 where nothing is, unless told otherwise (src/core_api.cpp:1922-1969)', async () => {
    expect((await server.ask('DELETE', `${documents}/a`)).status).to.equal(200);
    expect(await server.ask('DELETE', `${documents}/a`)).to.deep.equal({
      status: 404,
      body: '{"message": "Could not find a document with id: a"}',
    });
    expect((await server.ask('DELETE', `${documents}/a?ignore_not_found=true`)).status).to.equal(200);
  });

  const byFilter = (filter: string) =>
    server.ask('DELETE', `${documents}?filter_by=${encodeURIComponent(filter)}`);

  it('deletes by filter, and answers a number (src/filter.cpp:428-470)', async () => {
    expect((await byFilter('id:[`a`,`nobody`,`..`]')).body).to.equal('{"num_deleted":2}');
    expect(ids()).to.deep.equal(['b c']);
    expect((await byFilter('id:[`nobody`]')).body).to.equal('{"num_deleted":0}');
  });

  it('takes the id * for all documents, also in back-ticks (src/filter.cpp:457)', async () => {
    expect((await byFilter('id:[`x`,`*`]')).body).to.equal('{"num_deleted":3}');
  });

  it('has at most 100 operations in a filter (src/filter.cpp:889)', async () => {
    const filter = (count: number) =>
      range(count)
        .map((n) => `id:=\`${n}\``)
        .join(' || ');
    expect((await byFilter(filter(50))).status).to.equal(200);
    expect((await byFilter(filter(51))).body).to.include('too many operations');
    expect((await byFilter('year:>1')).status).to.equal(400);
  });

  it('exports a line each (src/core_api.cpp:1372-1470)', async () => {
    expect((await server.ask('GET', `${documents}/export`)).body.split('\n')).to.deep.equal([
      '{"id":"a","title":"A"}',
      '{"id":"b c","title":"B"}',
      '{"id":"..","title":"D"}',
    ]);
    const filtered = await server.ask(
      'GET',
      `${documents}/export?filter_by=${encodeURIComponent('id:[`..`]')}`,
    );
    expect(filtered.body).to.equal('{"id":"..","title":"D"}');
  });

  it('has aliases, also for what is not there (src/collection_manager.cpp:959)', async () => {
    const aim = (name: string, at: string) =>
      server.ask('PUT', `/aliases/${name}`, `{"collection_name":"${at}"}`);
    expect((await server.ask('GET', '/aliases/shelf')).status).to.equal(404);
    expect((await aim('shelf', 'nowhere')).status).to.equal(200);
    expect((await server.ask('GET', '/collections/shelf')).status).to.equal(404);
    await aim('shelf', 'books');
    expect((await server.ask('GET', '/collections/shelf')).body).to.include('"name":"books"');
    expect((await aim('books', 'shelf')).body).to.include('conflicts with an existing collection name');
  });

  it("drops the collection by an alias's name (src/collection_manager.cpp:869-880)", async () => {
    await server.ask('PUT', '/aliases/shelf', '{"collection_name":"books"}');
    expect((await server.ask('DELETE', '/collections/shelf')).status).to.equal(200);
    expect(server.local.routes.collections.size).to.equal(0);
  });

  it('does not create a collection twice (src/collection_manager.cpp:694)', async () => {
    const body = '{"name":"books","fields":[{"name":"x","type":"string"}]}';
    expect((await server.ask('POST', '/collections', body)).status).to.equal(409);
    expect(
      (await server.ask('POST', '/collections', body.replace('string', 'text').replace('books', 'more')))
        .status,
    ).to.equal(400);
  });

  it('carries out what is late before the next write, and what is held when told', async () => {
    const put = (title: string) => server.upsert(`{"id":"a","title":"${title}"}`);
    for (const kind of ['is late', 'is held'] as const) {
      server.local.misbehaves = () => ({ kind });
      const came = server.local.requests.length + 1;
      void put(kind).catch(() => undefined);
      while (server.local.requests.length < came) await new Promise(setImmediate);
    }
    server.local.misbehaves = () => undefined;
    expect(server.kept('a')).to.include('"A"');
    await server.upsert('{"id":"x","title":"X"}');
    expect(server.kept('a')).to.include('"is late"');
    await put('newer');
    server.local.release();
    expect(server.kept('a')).to.include('"is held"');
  });

  it('closes connections before, instead of, and in the middle of answers', async () => {
    for (const kind of ['drops', 'forgets to answer', 'answers half'] as const) {
      server.local.misbehaves = () => ({ kind });
      expect(await isRejected(server.upsert(`{"id":"${kind}","title":"T"}`)), kind).to.equal(true);
    }
    expect(ids()).to.deep.equal(['a', 'b c', '..', 'forgets to answer', 'answers half']);
  });
});
