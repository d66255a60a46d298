import { expect } from 'chai';
import { type RawKey, readAll } from '../../../../src/adapters/aws/electrodb/batch-get.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { range } from '../../../support/range.ts';
import { type BatchGet, DocumentClientDouble } from './document-client-double.ts';

const keysOf = (table: string, count: number, from = 0) =>
  range(count).map((n) => ({ PK: `${table} ${from + n}`, SK: 'row' }));
/** How many keys of which table a request asks for. */
const sizesOf = ({ RequestItems }: BatchGet) =>
  Object.fromEntries(Object.entries(RequestItems).map(([table, { Keys }]) => [table, Keys.length]));
/** An answer with an item for every key, which says in which table it is. */
const allFound = ({ RequestItems }: BatchGet) => ({
  Responses: Object.fromEntries(
    Object.entries(RequestItems).map(([table, { Keys }]) => [table, Keys.map((key) => ({ ...key, table }))]),
  ),
});
const found = (table: string, keys: readonly RawKey[]) => keys.map((key) => ({ ...key, table }));

describe('readAll, asked several times at one moment', () => {
  let double: DocumentClientDouble;
  let client: DocumentClientDouble['client'];
  const read = (table: string, keys: readonly RawKey[], signal?: AbortSignal) =>
    readAll<RawKey>(client, table, keys, signal);
  const reasonOf = (reading: Promise<unknown>) =>
    reading.then(
      () => 'read',
      (reason: unknown) => reason,
    );
  const sizes = () => double.reads.map(sizesOf);

  beforeEach(() => {
    double = new DocumentClientDouble();
    double.answerRead = allFound;
    client = double.client;
  });

  it('given keys of two tables, then one consistent request asks for both, and each has its own rows', async () => {
    const [rows, states] = [keysOf('a', 3), keysOf('b', 2)];
    expect(await Promise.all([read('rows', rows), read('states', states)])).to.deep.equal([
      found('rows', rows),
      found('states', states),
    ]);
    expect(double.reads).to.deep.equal([
      {
        RequestItems: {
          rows: { Keys: rows, ConsistentRead: true },
          states: { Keys: states, ConsistentRead: true },
        },
      },
    ]);
  });

  it('given the same key in two tables, then each has the row of its own', async () => {
    const keys = keysOf('a', 1);
    expect(await Promise.all([read('rows', keys), read('states', keys)])).to.deep.equal([
      found('rows', keys),
      found('states', keys),
    ]);
  });

  it('given keys that two have in common, then those are asked for once, and both have them', async () => {
    const [left, right] = [keysOf('a', 3), keysOf('a', 3, 1)];
    expect(await Promise.all([read('rows', left), read('rows', right)])).to.deep.equal([
      found('rows', left),
      found('rows', right),
    ]);
    expect(sizes()).to.deep.equal([{ rows: 4 }]);
  });

  it('given key attributes in two orders, then they are the same keys all the same', async () => {
    const keys = keysOf('a', 2);
    const turned = keys.map(({ PK, SK }) => ({ SK, PK }));
    expect(await Promise.all([read('rows', keys), read('rows', turned)])).to.deep.equal([
      found('rows', keys),
      found('rows', keys),
    ]);
    expect(sizes()).to.deep.equal([{ rows: 2 }]);
  });

  it('given keys without an item, then only those are undefined, for whoever asked', async () => {
    const missing = keysOf('a', 1, 1);
    double.answerRead = (request) => ({
      Responses: { rows: request.RequestItems['rows']!.Keys.filter(({ PK }) => PK !== missing[0]!.PK) },
    });
    const [left, right] = await Promise.all([read('rows', keysOf('a', 2)), read('rows', missing)]);
    expect(left.map((row) => row !== undefined)).to.deep.equal([true, false]);
    expect(right).to.deep.equal([undefined]);
  });

  it('given more than a hundred keys in all, then as few requests as take a hundred each share them evenly', async () => {
    const asked = [keysOf('a', 60), keysOf('b', 70), keysOf('c', 150)];
    const tables = ['rows', 'states', 'rows'];
    expect(await Promise.all(asked.map((keys, n) => read(tables[n]!, keys)))).to.deep.equal(
      asked.map((keys, n) => found(tables[n]!, keys)),
    );
    expect(sizes()).to.deep.equal([{ rows: 60, states: 34 }, { states: 36, rows: 58 }, { rows: 92 }]);
  });

  it('given many, then at most eight requests are under way at a time', async () => {
    await Promise.all(range(20).map((n) => read(`table ${n}`, keysOf('a', 100))));
    expect([double.reads.length, double.mostAtOnce]).to.deep.equal([20, 8]);
  });

  it('given something asked at a later moment, or of another client, then that is another request', async () => {
    const other = double.client;
    const first = read('rows', keysOf('a', 1));
    const ofOther = readAll(other, 'rows', keysOf('b', 1));
    await new Promise((done) => setImmediate(done));
    const later = read('rows', keysOf('c', 1));
    await Promise.all([first, ofOther, later]);
    expect(sizes()).to.deep.equal([{ rows: 1 }, { rows: 1 }, { rows: 1 }]);
  });

  it('given no keys, then nothing is asked', async () => {
    expect(await read('rows', [])).to.deep.equal([]);
    await new Promise((done) => setImmediate(done));
    expect(double.reads).to.deep.equal([]);
  });

  const refusal = (name: string) =>
    Object.assign(new Error('no'), { name, $metadata: { httpStatusCode: 400 } });
  /** Refuses requests that have to do with a table. */
  const refusing = (table: string, name: string) => {
    const error = refusal(name);
    double.answerRead = (request) => {
      if (table in request.RequestItems) throw error;
      return allFound(request);
    };
    return error;
  };

  for (const name of ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException'])
    it(`given ${name} for the keys of one table, then those alone fail, and the others are asked for apart`, async () => {
      const error = refusing('refused', name);
      const [rows, states] = [keysOf('a', 2), keysOf('b', 3)];
      const results = await Promise.all([
        read('rows', rows),
        reasonOf(read('refused', keysOf('c', 1))),
        read('states', states),
      ]);
      expect(results).to.deep.equal([found('rows', rows), error, found('states', states)]);
      expect(results[1]).to.equal(error);
      expect(sizes()).to.have.deep.members([
        { rows: 2, refused: 1, states: 3 },
        { rows: 2 },
        { refused: 1 },
        { states: 3 },
      ]);
    });

  it('given a refusal of some of many keys, then all of that reading fail, and no others', async () => {
    const error = refusing('refused', 'ValidationException');
    const rows = keysOf('a', 50);
    const results = await Promise.all([
      reasonOf(read('refused', keysOf('c', 120))),
      read('rows', rows),
      reasonOf(read('refused', keysOf('d', 1))),
    ]);
    expect(results).to.deep.equal([error, found('rows', rows), error]);
  });

  it('given a refusal of what one asked alone, then nothing is asked again', async () => {
    const error = refusing('refused', 'ValidationException');
    expect(await reasonOf(read('refused', keysOf('a', 3)))).to.equal(error);
    expect(double.reads).to.have.length(1);
  });

  for (const name of ['ThrottlingException', 'ProvisionedThroughputExceededException', 'InternalServerError'])
    it(`given ${name}, then it is everybody's, and nothing is asked again`, async () => {
      const error = refusing('rows', name);
      const reading = ['rows', 'states'].map((table) => reasonOf(read(table, keysOf('a', 1))));
      for (const reason of await Promise.all(reading)) expect(reason).to.equal(error);
      expect(double.reads).to.have.length(1);
    });

  it('given keys left unprocessed, then those alone are transient faults, for whoever asked for them', async () => {
    const left = keysOf('a', 1, 1);
    double.answerRead = (request) => ({
      Responses: {
        ...allFound(request).Responses,
        rows: request.RequestItems['rows']!.Keys.filter(({ PK }) => PK !== left[0]!.PK),
      },
      UnprocessedKeys: { rows: { Keys: left } },
    });
    const states = keysOf('a', 2);
    const results = await Promise.all([
      read('rows', keysOf('a', 2)),
      read('rows', left),
      read('states', states),
    ]);
    expect(results[0][0]).to.deep.equal(keysOf('a', 1)[0]);
    for (const fault of [results[0][1], results[1][0]])
      expect(fault).to.be.instanceOf(Fault).and.to.include({ kind: 'transient' });
    expect(results[2]).to.deep.equal(found('states', states));
    expect(double.reads).to.have.length(1);
  });

  it('given different signals, or none, then they share no request, and those with the same one do', async () => {
    const [one, other] = [new AbortController().signal, new AbortController().signal];
    await Promise.all([
      read('rows', keysOf('a', 1), one),
      read('rows', keysOf('b', 2), other),
      read('rows', keysOf('c', 4)),
      read('states', keysOf('d', 8), one),
    ]);
    expect(sizes()).to.have.deep.members([{ rows: 1, states: 8 }, { rows: 2 }, { rows: 4 }]);
  });

  it('given a signal that is aborted before, then its readings reject, unasked, and others are answered', async () => {
    const aborting = new AbortController();
    const rows = keysOf('c', 1);
    const readings = Promise.all([
      reasonOf(read('rows', keysOf('a', 1), aborting.signal)),
      reasonOf(read('states', keysOf('b', 1), aborting.signal)),
      read('rows', rows),
    ]);
    aborting.abort(new Error('the time is up'));
    const [first, second, third] = await readings;
    for (const reason of [first, second]) expect(reason).to.have.property('message', 'the time is up');
    expect(third).to.deep.equal(found('rows', rows));
    expect(sizes()).to.deep.equal([{ rows: 1 }]);
  });

  it('given an abort that breaks a shared request off, then all of it rejects, and nothing is asked again', async () => {
    const aborting = new AbortController();
    double.onRequest = () => {
      aborting.abort();
    };
    const reading = ['rows', 'states'].map((table) => reasonOf(read(table, keysOf('a', 1), aborting.signal)));
    for (const reason of await Promise.all(reading)) expect(reason).to.have.property('name', 'AbortError');
    expect(double.mostAtOnce).to.equal(1);
    expect(double.reads).to.deep.equal([]);
  });
});
