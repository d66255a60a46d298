import { NumberValue } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { type RawKey, readAll } from '../../../../src/adapters/aws/electrodb/batch-get.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { range } from '../../../support/range.ts';
import { allUnprocessed, type BatchGet, DocumentClientDouble } from './document-client-double.ts';
import { isRejected } from '../../../support/is-rejected.ts';

const TABLE = 'states';
const rawKeyOf = (n: number) => ({ PK: `FAA#LINKS#MFR_MDL_CODE#1#SN#${n}`, SK: 'STATE' });
const keysIn = ({ RequestItems }: BatchGet) => RequestItems[TABLE]?.Keys ?? [];
/** An answer with an item for every key. */
const allFound = (request: BatchGet) => ({ Responses: { [TABLE]: keysIn(request) } });

describe('readAll', () => {
  let double: DocumentClientDouble;
  const read = (count: number, signal?: AbortSignal) =>
    readAll<RawKey>(double.client, TABLE, range(count).map(rawKeyOf), signal);

  beforeEach(() => {
    double = new DocumentClientDouble();
    double.answerRead = allFound;
  });

  it('given 2,050 keys, when read, then as few requests as take a hundred each share them evenly, at most eight at a time', async () => {
    expect(await read(2_050)).to.deep.equal(range(2_050).map(rawKeyOf));
    expect(double.reads.map((request) => keysIn(request).length)).to.have.members([
      ...range(20).map(() => 98),
      90,
    ]);
    expect(double.mostAtOnce).to.equal(8);
  });

  it('given any keys, when read, then every request asks for a consistent read', async () => {
    await read(250);
    expect(double.reads.map(({ RequestItems }) => RequestItems[TABLE]?.ConsistentRead)).to.deep.equal([
      true,
      true,
      true,
    ]);
  });

  it('given no item at a key, when read, then that one is undefined', async () => {
    double.answerRead = (request) => ({
      Responses: { [TABLE]: keysIn(request).filter(({ PK }) => PK !== rawKeyOf(1).PK) },
    });
    expect(await read(3)).to.deep.equal([rawKeyOf(0), undefined, rawKeyOf(2)]);
  });

  it('given keys of any names, or of one, when read, then rows are told apart by them alone', async () => {
    double.answerRead = (request) => ({
      Responses: { [TABLE]: keysIn(request).map((key) => ({ PK: 'not a key', total: 1, ...key })) },
    });
    const [byTwo, byOne] = [
      [
        { shop: 'a', order: '1' },
        { shop: 'a', order: '2' },
      ],
      [{ id: 'a' }, { id: 'b' }],
    ];
    for (const keys of [byTwo, byOne])
      expect(await readAll(double.client, TABLE, keys)).to.deep.equal(
        keys.map((key) => ({ PK: 'not a key', total: NumberValue.from('1'), ...key })),
      );
  });

  it('given keys left unprocessed, then those alone are transient faults, and nothing is asked twice', async () => {
    double.answerRead = (request) => {
      const Keys = keysIn(request).filter((_, index) => index % 2 === 1);
      const found = keysIn(request).filter((_, index) => index % 2 === 0);
      return { Responses: { [TABLE]: found }, UnprocessedKeys: { [TABLE]: { Keys } } };
    };
    const rows = await read(148);
    expect(double.reads).to.have.length(2);
    for (const [n, row] of rows.entries())
      if (n % 2 === 0) expect(row).to.deep.equal(rawKeyOf(n));
      else expect(row).to.be.instanceOf(Fault).and.to.include({ kind: 'transient' });
    expect((rows[1] as Fault).message).to.include('unprocessed');
  });

  it('given a key twice, when read, then it is asked for once and answered twice', async () => {
    const keys = [rawKeyOf(1), rawKeyOf(1)];
    expect(await readAll(double.client, TABLE, keys)).to.deep.equal([rawKeyOf(1), rawKeyOf(1)]);
    expect(keysIn(double.reads[0]!)).to.have.length(1);
    double.answerRead = allUnprocessed;
    for (const row of await readAll(double.client, TABLE, keys)) expect(row).to.be.instanceOf(Fault);
  });

  it('given a request that fails, when read, then it throws what the client threw and asks no more', async () => {
    const error = new Error('broken');
    double.answerRead = (request, nth) => {
      if (nth === 1) throw error;
      return allFound(request);
    };
    const thrown = await read(2_000).catch((reason: unknown) => reason);
    expect(thrown).to.equal(error);
    await new Promise((done) => setTimeout(done, 150));
    expect(double.reads).to.have.length(8);
  });

  it('given a signal that is aborted, when read, then nothing is asked', async () => {
    expect(await isRejected(read(150, AbortSignal.abort()))).to.equal(true);
    expect(double.reads).to.deep.equal([]);
  });

  it('given an abort in between, when read, then no further request starts', async () => {
    const aborting = new AbortController();
    double.answerRead = (request, nth) => {
      if (nth === 9) aborting.abort();
      return allFound(request);
    };
    expect(await isRejected(read(2_000, aborting.signal))).to.equal(true);
    expect(double.reads.length).to.be.below(20);
  });

  it('given an abort that breaks a request off, when read, then it rejects', async () => {
    const aborting = new AbortController();
    double.onRequest = () => {
      aborting.abort();
    };
    expect(await isRejected(read(1, aborting.signal))).to.equal(true);
  });
});
