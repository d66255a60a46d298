import { expect } from 'chai';
import { WINDOW } from '../../../local/typesense/import-lines.ts';
import { aServer, type Server } from './support.ts';

const OK = '{"success":true}';

/** Places are in typesense/typesense at 4a092b0, unless they are issues of it. */
describe('the stand-in for Typesense: imports', () => {
  let server: Server;
  beforeEach(async () => {
    server = await aServer();
  });
  afterEach(() => server.local.stop());

  it('answers 200 whatever happens, a line each, in order (src/core_api.cpp:1520-1724)', async () => {
    const { status, body } = await server.ask(
      'POST',
      '/collections/books/documents/import?action=upsert',
      ['{"id":"a","title":"A"}', '{"id":"b"}', '{"id":"c","title":"C"}'].join('\n'),
    );
    expect(status).to.equal(200);
    expect(body.split('\n')).to.deep.equal([
      OK,
      '{"code":400,"error":"Field `title` has been declared in the schema, but is not found in the document.","success":false}',
      OK,
    ]);
  });

  it('skips empty lines and no others (src/core_api.cpp:1633)', async () => {
    const answers = await server.upsert('', '{"id":"a","title":"A"}', '', ' ', '');
    expect(answers).to.have.length(2);
    expect(answers[0]).to.equal(OK);
    expect(answers[1]).to.include('Bad JSON');
  });

  it('replaces the document on upsert, and merges on emplace and update (issue #824)', async () => {
    await server.upsert('{"id":"a","title":"A","year":1}');
    await server.upsert('{"id":"a","title":"B"}');
    expect(server.kept('a')).to.equal('{"id":"a","title":"B"}');
    await server.importAs('emplace', '{"id":"a","year":2}');
    expect(server.kept('a')).to.equal('{"id":"a","title":"B","year":2}');
    await server.importAs('update', '{"id":"a","year":3}');
    expect(server.kept('a')).to.equal('{"id":"a","title":"B","year":3}');
  });

  it('answers by action: 409 to create, 404 to update (src/collection.cpp:245-330)', async () => {
    await server.upsert('{"id":"a","title":"A"}');
    expect(await server.importAs('create', '{"id":"a","title":"A"}')).to.include('"code":409');
    expect(await server.importAs('update', '{"id":"b","title":"A"}')).to.include('"code":404');
  });

  it('keeps the order of one id that is there twice (src/collection.cpp:541-602)', async () => {
    await server.upsert('{"id":"a","title":"1"}', '{"id":"a","title":"2"}');
    expect(server.kept('a')).to.equal('{"id":"a","title":"2"}');
  });

  it('rejects what does not fit a declared field, without coercion (src/collection.cpp:7273)', async () => {
    const answers = await server.upsert(
      '{"id":"a","title":1}',
      '{"id":"b","title":"B","year":1.5}',
      '{"id":"c","title":"C","year":"1"}',
      '{"id":"d","title":"D","serial":1e3}',
      '{"id":"e","title":"E","tags":"x"}',
      '{"id":"f","title":"F","tags":["x",1]}',
      '{"id":"g","title":"G","price":23}',
    );
    expect(answers.map((answer) => (JSON.parse(answer) as { error?: string }).error)).to.deep.equal([
      'Field `title` must be a string.',
      'Field `year` must be an int32.',
      'Field `year` must be an int32.',
      'Field `serial` must be an int64.',
      'Field `tags` must be an array.',
      'Field `tags` must be an array of string.',
      undefined,
    ]);
  });

  it('does not check the range of int32, which the index wraps (src/index.cpp:887)', async () => {
    expect(await server.upsert('{"id":"a","title":"A","year":2147483648}')).to.deep.equal([OK]);
    expect(server.kept('a')).to.include('2147483648');
  });

  it('keeps integers of 64 bits, and makes doubles of larger ones (src/validator.cpp:209-215)', async () => {
    await server.upsert(
      '{"id":"a","title":"A","serial":9223372036854775807}',
      '{"id":"b","title":"B","price":12345678901234567890123}',
      '{"id":"c","title":"C","price":23.0}',
      '{"id":"d","title":"D","price":0.12345678901234567890}',
    );
    expect(server.kept('a')).to.include('9223372036854775807');
    expect(server.kept('b')).to.include('1.2345678901234568e+22');
    expect(server.kept('c')).to.include('23.0');
    expect(server.kept('d')).to.include('0.12345678901234568');
  });

  it('drops null of an optional field, and refuses that of another (src/validator.cpp:659-680)', async () => {
    const answers = await server.upsert('{"id":"a","title":"A","year":null}', '{"id":"b","title":null}');
    expect(answers[0]).to.equal(OK);
    expect(answers[1]).to.include('must be a string');
    expect(server.kept('a')).to.equal('{"id":"a","title":"A"}');
  });

  it('refuses ids that are empty or no strings, and half characters (src/collection.cpp:245-285)', async () => {
    const answers = await server.upsert(
      '{"id":"","title":"A"}',
      '{"id":1,"title":"A"}',
      '{"id":"a","title":"\\ud83d"}',
    );
    for (const answer of answers) expect(answer).to.include('"code":400');
  });

  it('glues a refusal in the middle to the last line of a 200 (src/batched_indexer.cpp:272)', async () => {
    server.local.misbehaves = () => ({ kind: 'stops', after: 1 });
    const answers = await server.upsert('{"id":"a","title":"A"}', '{"id":"b","title":"B"}');
    expect(answers).to.deep.equal([
      `${OK}{"message": "Rejecting write: running out of resource type: OUT_OF_DISK"}`,
    ]);
    expect(server.kept('b')).to.equal(undefined);
  });

  it('loses a character where two windows meet (include/http_data.h:450-475)', async () => {
    const start = '{"id":"a","title":"';
    const text = `${'x'.repeat(WINDOW - start.length - 1)}ü${'y'.repeat(10)}`;
    expect(await server.upsert(`${start}${text}"}`)).to.deep.equal([OK]);
    expect(server.kept('a')).to.equal(`${start}${text.replace('ü', '')}"}`);
  });

  it('swallows the line after a bad one where two windows meet (src/core_api.cpp:1649)', async () => {
    const bad = `{"id":"a","title":"${'x'.repeat(WINDOW - 21)}`;
    expect(Buffer.byteLength(`${bad}\n`)).to.be.at.most(WINDOW);
    const padded = `${bad}${'x'.repeat(WINDOW - bad.length - 1)}`;
    const answers = await server.upsert(padded, '{"id":"b","title":"B"}', '{"id":"c","title":"C"}');
    expect(answers).to.have.length(2);
    expect(answers[0]).to.include('Bad JSON');
    expect([server.kept('b'), server.kept('c')]).to.deep.equal([undefined, '{"id":"c","title":"C"}']);
  });

  it('before 30.2 says of errors what is no JSON (src/collection.cpp:782-826)', async () => {
    const older = await aServer({ escapesErrors: false });
    try {
      const [answer = ''] = await older.upsert('{"id":"a", "title" "A"}');
      expect(() => JSON.parse(answer) as unknown).to.throw(SyntaxError);
      expect(answer).to.match(/^\{"code":400,"error":"Bad JSON/);
    } finally {
      await older.local.stop();
    }
  });
});
