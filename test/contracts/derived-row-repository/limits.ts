import { expect } from 'chai';
import type { Result } from '../../../src/application/result.ts';
import type { DerivedRow } from '../../../src/domain/derived-rows.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Value } from '../../../src/domain/value.ts';
import { decimal, map } from '../../support/factories.ts';
import { range } from '../../support/range.ts';
import { each } from '../contract.ts';
import {
  aKey,
  anOrder,
  apply,
  aRow,
  type Harness,
  load,
  moveTo,
  owned,
  readAll,
  succeed,
} from './harness.ts';

/* What DynamoDB takes, to the byte, and what no table takes. */

function expectRefused(result: Result | undefined, words: string) {
  if (!Fault.is(result)) expect.fail(`the move is ${result}`);
  expect(result.message).to.contain(words);
  expect(result.kind).to.equal('permanent');
}

/** As many bytes beside its key, its origin and the names `a` to `e` as are left of 400 KB. */
function largest(
  source: ReturnType<typeof anOrder>,
  { key }: DerivedRow,
  more: number,
): DerivedRow['attributes'] {
  const { PK = '', SK = '' } = key;
  const taken = Buffer.byteLength(
    `PK${String(PK)}SK${String(SK)}derived_from${owned(source).derived_from}abcde`,
  );
  const others = {
    // Two digits a byte, from the point on, one for the exponent, one for the sign.
    b: decimal('-123.50'),
    // Three, and one more for each member.
    c: [null, true, map(['é', decimal('0')])],
    d: new Uint8Array(5),
    e: '🛩',
  };
  const bytes = 5 + (3 + 3 + 1 + 1 + (3 + 1 + 2 + 1)) + 5 + 4;
  return { a: 'x'.repeat(409_600 - taken - bytes + more), ...others };
}

export async function takesRowsOfAsManyBytesAsThereMayBe(harness: Harness) {
  const source = anOrder();
  const row = aRow();
  await succeed(harness, moveTo(source, undefined, 1, [{ ...row, attributes: largest(source, row, 0) }]));
  expect(await harness.read(row)).to.have.property('e', '🛩');
}

export async function refusesARowOfAByteMoreAndDoesTheOtherMoves(harness: Harness) {
  const [source, other] = [anOrder(), anOrder()];
  const [row, free, neighbour] = [aRow(), aRow(), aRow()];
  const results = await apply(
    harness,
    moveTo(source, undefined, 1, [free, { ...row, attributes: largest(source, row, 1) }]),
    moveTo(other, undefined, 1, [neighbour]),
  );
  expectRefused(results[0], 'is 409601 bytes, and DynamoDB accepts 409600');
  expect(results[1]).to.equal('done');
  expect(await readAll(harness, [free, row, neighbour])).to.deep.equal([undefined, undefined, owned(other)]);
  expect(await load(harness, source)).to.equal(undefined);
}

const KEYS: Readonly<Record<string, readonly [key: Readonly<Record<string, string>>, words?: string]>> = {
  'a partition key of 2,048 bytes': [{ PK: 'é'.repeat(1_024), SK: 'a' }],
  'one of more': [{ PK: 'é'.repeat(1_025), SK: 'a' }, 'is 2050 bytes, and DynamoDB accepts 2048'],
  'a sort key of 1,024 bytes': [{ PK: 'a', SK: '🛩'.repeat(256) }],
  'a longer one': [{ PK: 'a', SK: `${'🛩'.repeat(256)}x` }, 'is 1025 bytes, and DynamoDB accepts 1024'],
};

export const takesOrRefuses = each(
  Object.entries(KEYS),
  async (harness: Harness, [{ PK = '', SK = '' }, words]) => {
    const row = aRow({}, { table: undefined, key: { PK, SK } });
    const source = anOrder();
    const [result] = await apply(harness, moveTo(source, undefined, 1, [row]));
    if (words === undefined) expect(result).to.equal('done');
    else expectRefused(result, words);
    const left = await harness.read(row).catch(() => undefined);
    expect(left).to.deep.equal(words === undefined ? owned(source, {}) : undefined);
  },
);

export async function refusesALongKeyOfAnotherTable(harness: Harness) {
  const row = { table: harness.audit, key: { id: 'x'.repeat(2_049) }, attributes: {} };
  const [result] = await apply(harness, moveTo(anOrder(), undefined, 1, [row]));
  expectRefused(result, 'is 2049 bytes, and DynamoDB accepts 2048');
}

export const refusesANameThat = each(
  Object.entries<DerivedRow['attributes']>({
    'is empty': { '': 'x' },
    'is empty within a list': { a: [map(['', 'x'])] },
    'is longer than 65,535 bytes': { ['é'.repeat(32_768)]: 'x' },
  }),
  async (harness: Harness, attributes: Readonly<Record<string, Value>>) => {
    const [result] = await apply(harness, moveTo(anOrder(), undefined, 1, [aRow(attributes)]));
    expectRefused(result, 'a name in it is empty, or longer');
  },
);

export async function takesFourMegabytesInAllAndNoMore(harness: Harness) {
  const rows = (count: number) => range(count).map(() => aRow({ text: 'x'.repeat(400_000) }));
  const [source, other] = [anOrder(), anOrder()];
  const results = await apply(
    harness,
    moveTo(source, undefined, 1, rows(10)),
    moveTo(other, undefined, 1, rows(11)),
  );
  expect(results[0]).to.equal('done');
  expectRefused(results[1], 'more than 4 MB together');
  expect(await load(harness, other)).to.equal(undefined);
}

export async function takesAsManyRowsAsThereMayBeForAsManyOthers(harness: Harness) {
  const source = anOrder();
  const first = moveTo(
    source,
    undefined,
    1,
    range(40).map(() => aRow()),
  );
  const second = moveTo(
    source,
    first.to,
    2,
    range(40).map((n) => aRow({}, aKey(`${n}`))),
  );
  await succeed(harness, first);
  await succeed(harness, second);
  expect(
    (await readAll(harness, [...first.put, ...second.put])).map((row) => row !== undefined),
  ).to.deep.equal([...range(40).map(() => false), ...range(40).map(() => true)]);
}
