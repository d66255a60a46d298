import type { Plan } from '../plan.ts';
import { literal, memberName } from './literal.ts';
import { type Encoded, type MadeUp, madeUpRow } from './made-up.ts';

/** The test of the definition, as a file for Node's own test runner. */
export function testText({ kinds, keys, documents, counts }: Plan): string {
  const rows = kinds.map((kind) => {
    const row = madeUpRow(kind, keys);
    return `  {
    kind: ${literal(kind.name)},
    keys: ${objectText(row.keys, '    ')},
    image: ${objectText(row.image, '    ')},
  },
`;
  });
  const text = (attribute: string, type: string) => {
    const value = `keys[${literal(attribute)}]`;
    return type === 'B' ? `Buffer.from(${value}.B, 'base64').toString('base64url')` : `${value}.${type}`;
  };
  const sort = keys.sort === undefined ? 'undefined' : text(keys.sort, keys.sortType);
  const number = (what: string, count: number) => `${count} ${what}${count === 1 ? '' : 's'}`;
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryWorker } from 'contrail/testing';
import definition from './contrail.config.js';

interface Row {
  readonly kind: string;
  readonly keys: ${keysType(keys)};
  readonly image: object;
}

// A made-up row of each kind, in DynamoDB's JSON.
const ROWS: readonly Row[] = [
${rows.join('')}];

const Records = ROWS.map(({ keys, image }, index) => ({
  eventName: 'INSERT',
  dynamodb: {
    Keys: keys,
    NewImage: image,
    SequenceNumber: String(index + 1),
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
}));

for (const { kind, keys } of ROWS)
  test(\`the key of a row \${kind} is recognised\`, () => {
    const found = definition.model.rowOf(${text(keys.partition, keys.partitionType)}, ${sort});
    const kinds =
      found !== undefined && 'model' in found
        ? [found, ...(found.others ?? [])].map(({ model }) => model.name)
        : [];
    assert.ok(kinds.includes(kind), \`it is taken for \${kinds.join() || 'none'}\`);
  });

test('rows are handled, however often they come, and ${number('document', documents.length)} and ${number('count', counts.length)} are derived', async () => {
  const { handler, drain, state } = createMemoryWorker({ definition, log: { level: 'silent' } });
  for (let delivery = 1; delivery <= 2; delivery++)
    assert.deepEqual(await handler({ Records }), { batchItemFailures: [] });
  assert.equal(drain().length, ${documents.length});
  const counts: unknown[] = [];
  for await (const count of state.counts()) counts.push(count);
  assert.equal(counts.length, ${counts.length});
});
`;
}

function keysType({ partition, partitionType, sort, sortType }: Plan['keys']): string {
  const members = [[partition, partitionType], ...(sort === undefined ? [] : [[sort, sortType]])];
  const texts = members.map(
    ([name = '', type = '']) => `readonly ${memberName(name)}: { readonly ${type}: string }`,
  );
  return `{ ${texts.join('; ')} }`;
}

function objectText(members: MadeUp, indent: string): string {
  return valueText(Object.fromEntries(members), indent);
}

/** A value as a literal. An attribute called `__proto__` is left out: in a literal it would be no attribute. */
function valueText(value: unknown, indent: string): string {
  if (typeof value === 'string') return literal(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[${value.map((one) => valueText(one, indent)).join(', ')}]`;
  const members = Object.entries(value as Encoded)
    .filter(([name]) => name !== '__proto__')
    .map(([name, member]) => `${memberName(name)}: ${valueText(member, inner)}`);
  const short = `{ ${members.join(', ')} }`;
  if (members.length === 0) return '{}';
  if (short.length <= 60 && !short.includes('\n')) return short;
  return `{\n${members.map((member) => `${inner}${member},\n`).join('')}${indent}}`;
}
