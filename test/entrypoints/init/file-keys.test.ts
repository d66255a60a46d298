import { statSync } from 'node:fs';
import { expect } from 'chai';
import { marshall } from '@aws-sdk/util-dynamodb';
import { readFiles } from '../../../src/entrypoints/cli/init/read-files.ts';
import { range } from '../../support/range.ts';

type Row = Readonly<Record<string, unknown>>;

const line = (value: unknown) => `${JSON.stringify(value)}\n`;
const item = (row: Row) => line({ Item: marshall(row) });
const scan = (rows: readonly Row[]) => line({ Items: rows.map((row) => marshall(row)) });
const record = (row: Row, keys: readonly string[]) => {
  const NewImage = marshall(row);
  const Keys = Object.fromEntries(keys.map((name) => [name, NewImage[name]]));
  return line({ eventName: 'INSERT', dynamodb: { Keys, NewImage, SequenceNumber: '1' } });
};

const orders = range(20).map((n) => ({ PK: `C#${n % 5}`, SK: `O#${n}`, total: n }));

function read(files: readonly string[], keys?: readonly string[]) {
  const sources = files.map((text, index) => ({
    name: `${index}.json`,
    stats: statSync('.'),
    open: async function* () {
      await Promise.resolve();
      yield Buffer.from(text);
    },
  }));
  return readFiles(sources, { sample: 1000, keys, onProgress: () => undefined });
}

async function isRefused(work: Promise<unknown>, message: RegExp) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason as Error,
  );
  expect(error?.message).to.match(message);
}

describe("the key of a table, of contrail init's files", () => {
  it('given a record whose Keys are others than those of most, then its place is said, and the rest goes on', async () => {
    const lines = orders.map((row) => record(row, ['PK', 'SK']));
    const other = record({ id: 'x', name: 'y' }, ['id']);
    const found = await read([[...lines.slice(0, 7), other, ...lines.slice(7)].join('')]);
    expect(found.keys).to.deep.include({ partition: 'PK', sort: 'SK' });
    expect(found.rows).to.have.lengthOf(20);
    expect(found.problems).to.deep.equal([
      "0.json:8: the record's Keys are id, and those of others PK and SK: it is of another table",
    ]);
  });

  it('given a record whose key is of another type than others, then its place is said, and the rest goes on', async () => {
    const lines = orders.map((row) => record(row, ['PK', 'SK']));
    const found = await read([[...lines, record({ PK: 7, SK: 'O#7' }, ['PK', 'SK'])].join('')]);
    expect(found.rows).to.have.lengthOf(20);
    expect(found.problems).to.deep.equal([
      '0.json:21: the row has no PK, or one of another type than others',
    ]);
  });

  it('given a scan and records, then the records say what the key of the rows is', async () => {
    const rows = orders.map(({ PK, SK, total }) => ({ area: PK, number: SK, total }));
    const found = await read([
      scan(rows.slice(0, 15)),
      rows
        .slice(10)
        .map((row) => record(row, ['area', 'number']))
        .join(''),
    ]);
    expect(found.keys).to.deep.include({ partition: 'area', sort: 'number' });
    expect(new Set(found.rows.map(({ key }) => key.sort)).size).to.equal(20);
    expect(found.problems).to.deep.equal([]);
  });

  for (const [partition, sort] of [
    ['tenantEntity', 'version'],
    ['device', 'at'],
    ['author', 'createdAt'],
  ] as const)
    it(`given records with the key ${partition} and ${sort}, then the second is the sort key by its name, with a doubt`, async () => {
      // Of the partition there are more than of the sort key.
      const rows = orders.map(({ total }) => ({ [partition]: `p${total}`, [sort]: `v${total % 3}` }));
      const found = await read([rows.map((row) => record(row, [sort, partition])).join('')]);
      expect(found.keys).to.deep.include({ partition, sort });
      expect(found.doubts).to.deep.equal([
        `The rows do not say which attribute of the key is the partition key: ${partition} is a guess. If it is the sort key, say so with --keys, the partition key first.`,
      ]);
      const said = await read(
        [rows.map((row) => record(row, [sort, partition])).join('')],
        [sort, partition],
      );
      expect(said.keys).to.deep.include({ partition: sort, sort: partition });
    });

  it('given records whose names say nothing, then what more rows share is the partition', async () => {
    const rows = orders.map(({ total }) => ({ format: `p${total}`, area: `v${total % 3}` }));
    const found = await read([rows.map((row) => record(row, ['format', 'area'])).join('')]);
    expect(found.keys).to.deep.include({ partition: 'area', sort: 'format' });
  });

  it('given a file without rows among others, then the others are read', async () => {
    const found = await read([scan(orders), '', scan([])]);
    expect(found.rows).to.have.lengthOf(20);
  });

  it('given a scan twice, then its rows are still of different keys', async () => {
    const found = await read([scan(orders), scan(orders)]);
    expect(found.keys).to.deep.include({ partition: 'PK', sort: 'SK' });
    expect(found.doubts.join()).not.to.contain('different rows');
  });

  it('given an odd row among rows, then its place is said, and the key is still told', async () => {
    const found = await read([[...orders, { SK: 'x' }].map(item).join('')]);
    expect(found.problems).to.deep.equal([
      '0.json:21: the row has no PK, or one of another type than others',
    ]);
    expect(found.rows).to.have.lengthOf(20);
  });

  it('given --keys without the sort key, then it is said that rows share keys, and what may be missing', async () => {
    const found = await read([scan(orders)], ['PK']);
    expect(found.doubts).to.deep.equal([
      'With --keys PK, 5 keys have several different rows, which are taken for one: unless they were read at different times, the table has a sort key too, such as SK.',
    ]);
  });

  it('given --keys and a table read at two times, then it is said that a row was read twice', async () => {
    const found = await read([scan(orders), item({ ...orders[3], total: 99 })], ['PK', 'SK']);
    expect(found.doubts.join()).to.contain('one key has several different rows');
    expect((await read([scan(orders)], ['PK', 'SK'])).doubts).to.deep.equal([]);
  });

  it('given --keys that are not those of the records, then it is refused, with those', async () => {
    const files = [orders.map((row) => record(row, ['PK', 'SK'])).join('')];
    await isRefused(read(files, ['PK']), /--keys is PK, and the Keys of records are PK and SK/);
    expect((await read(files, ['SK', 'PK'])).keys).to.deep.include({ partition: 'SK', sort: 'PK' });
  });

  const unnamed = (n: number) => ({ area: `a${n % 3}`, name: `n${n % 7}`, flag: true });
  for (const [what, rows, message] of [
    [
      'one attribute tells all rows apart',
      range(20).map((n) => ({ ...unnamed(n), ref: `r${n}` })),
      /by --keys ref, /,
    ],
    ['two attributes do', range(20).map(unnamed), /by --keys area,name$/],
    [
      'none do',
      [...range(20), ...range(20)].map((n, at) => ({ ...unnamed(n), list: [at] })),
      /tell all of them apart/,
    ],
    ['there is one row', [unnamed(1)], /one row by itself does not tell/],
    ['the name cannot be typed', range(20).map((n) => ({ 'a;b': `${n}` })), /tell all of them apart/],
  ] as const)
    it(`given rows without a known key, when ${what}, then the message says so`, () =>
      isRefused(read([scan(rows)]), message));
});
