import { expect } from 'chai';
import { equalRecords, type Value, ValueSet } from '../../../src/domain/value.ts';
import { decimal, map } from '../../support/factories.ts';
import { unique } from '../../support/unique.ts';
import { each, eachText } from '../contract.ts';
import { aKey, anOrder, aRow, type Harness, load, moveTo, owned, succeed } from './harness.ts';

async function keeps(harness: Harness, attributes: Readonly<Record<string, Value>>) {
  const source = anOrder();
  const put = aRow(attributes);
  await succeed(harness, moveTo(source, undefined, 1, [put]));
  const found = await harness.read(put);
  const expected = { ...attributes, ...owned(source, {}) };
  expect(found !== undefined && equalRecords(found, expected), JSON.stringify(found)).to.equal(true);
}

export const keepsValues = each(
  [
    ['every digit', { a: decimal('12345678901234567890.123456789012345678'), b: decimal('-1e-130') }],
    ['text, also empty and beyond the BMP', { a: '', b: '🛩 naïve "x"' }],
    ['null, true and false', { a: null, b: true, c: false }],
    ['bytes', { a: new Uint8Array([0, 255]), b: new Uint8Array() }],
    ['sets', { a: new ValueSet(['x', 'y']), b: new ValueSet([decimal('1'), decimal('2.5')]) }],
    ['lists and maps', { a: [decimal('1'), ['x', []]], b: map(['c', map(['d', decimal('0.1')])]) }],
    ['nothing', {}],
  ] satisfies (readonly [string, Readonly<Record<string, Value>>])[],
  keeps,
);

export const keepsAttributesCalled = eachText<Harness>(
  ['constructor', 'toString', 'name', '#key', ':origin', 'a.b', 'a[0]', ' ', '🛩', 'size', 'Key', 'form'],
  (harness, name) => keeps(harness, { [name]: 'x', nested: map([name, 'y']) }),
);

export const keepsKeysOf = eachText<Harness>(
  ['#', 'a"b\\', '${x}', '<x>', '🛩', ' x ', 'é', 'e\u0301'],
  async (harness, text) => {
    const source = anOrder(text + unique('o'), text);
    const row = aRow({}, aKey(text, text + unique('p')));
    const first = moveTo(source, undefined, 1, [row]);
    await succeed(harness, first);
    expect(await load(harness, source)).to.deep.equal(first.to);
    expect(await harness.read(row)).to.deep.equal(owned(source, {}));
    await succeed(harness, moveTo(source, await load(harness, source), 2, []));
    expect(await harness.read(row)).to.equal(undefined);
  },
);

export const keepsKeysThatAreNumbersOrBytes = each(
  [
    ['a whole number', '1767603600123'],
    ['zero', '0'],
    ['a negative fraction', '-0.05'],
    ['a large number', '100000000000000000000'],
    ['38 digits', '12345678901234567890.123456789012345678'],
  ],
  async ({ ledger: table, ...harness }: Harness, digits) => {
    const [source, digest] = [anOrder(), new TextEncoder().encode(unique('digest'))];
    const key = (at: string, bytes = digest) => ({ table, key: { at: decimal(at), digest: bytes } });
    const [row, other] = [
      aRow({ n: '1' }, key(digits)),
      aRow({}, key('7', new Uint8Array([0, 255, ...digest]))),
    ];
    const all = { ...harness, ledger: table };
    const first = moveTo(source, undefined, 1, [row, other]);
    await succeed(all, first);
    expect(await load(all, source)).to.deep.equal(first.to);
    const again = moveTo(source, await load(all, source), 2, [aRow({ n: '2' }, key(digits))]);
    await succeed(all, { ...again, remove: [key('7', new Uint8Array([0, 255, ...digest]))] });
    expect(await harness.read(row)).to.deep.equal(owned(source, { n: '2' }));
    expect(await harness.read(other)).to.equal(undefined);
    await succeed(all, { ...moveTo(source, await load(all, source), 3, []), remove: [row] });
    expect(await harness.read(row)).to.equal(undefined);
  },
);
