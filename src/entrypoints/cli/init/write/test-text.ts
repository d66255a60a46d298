import { documentKeyOf } from '../../../../domain/search-document.ts';
import type { Plan, PlannedDocuments, PlannedKind } from '../plan.ts';
import { literal, memberName, WIDTH } from './literal.ts';
import { Code, type MadeUpObject, type MadeUpRow, madeUpRow, type MadeUpValue } from './made-up.ts';

/** The test of the definition, as a file for Node's own test runner. */
export function testText(plan: Plan): string {
  return `import { test } from 'node:test';
import { testing } from 'contrail/testing';
import definition from './contrail.config.js';

const { given, rows } = testing(definition);

// A made-up row of each kind, which comes twice. Changes, failures and what else there is: Contrail's docs/testing.md.

${plan.kinds.map((kind) => kindText(kind, plan)).join('\n')}`;
}

function kindText(kind: PlannedKind, plan: Plan): string {
  const row = madeUpRow(kind, plan.keys);
  const parts = row.attributes === undefined ? [row.key] : [row.key, row.attributes];
  const given = parts.map((part) => valueText(part, '    '));
  const short = `  const row = rows.${kind.name}(${given.join(', ')});`;
  const isShort = short.length <= WIDTH && !short.includes('\n');
  const long = `  const row = rows.${kind.name}(\n${given.map((part) => `    ${part},\n`).join('')}  );`;
  return `test('a row ${kind.name} is handled, however often it comes', async () => {
${isShort ? short : long}
  await given()
    .when(row, { times: 2 })
    .then(${valueText(expectedOf(kind, row, plan), '    ')});
});
`;
}

/** All that the definition derives of a row; that nothing fails is expected where nothing is said of it. */
function expectedOf(kind: PlannedKind, { key, attributes = new Map() }: MadeUpRow, plan: Plan): MadeUpObject {
  const documents = plan.documents.map((one): [string, MadeUpObject] => [
    one.collection,
    one.kind === kind.name ? documentsOf(one, [...key.values()], attributes, plan) : new Map(),
  ]);
  const counts = plan.counts.map(({ name, kind: counted, by }): [string, MadeUpValue] => {
    const tuple = by.map((attribute): [string, MadeUpValue] => [attribute, attributes.get(attribute) ?? '']);
    return [name, counted === kind.name ? [new Map<string, MadeUpValue>([...tuple, ['count', 1]])] : []];
  });
  return new Map<string, MadeUpValue>([
    ...(documents.length === 0 ? [] : [['documents', new Map(documents)] as const]),
    ...(counts.length === 0 ? [] : [['counts', new Map(counts)] as const]),
    ['drift', []],
  ]);
}

/** The one document of a row, by its id. */
function documentsOf(
  { name, kind, fields }: PlannedDocuments,
  parts: readonly string[],
  attributes: MadeUpObject,
  { definition: { model } }: Plan,
): MadeUpObject {
  const [document, row] = [
    model.documents.find((one) => one.name === name),
    model.rows.find((one) => one.name === kind),
  ];
  if (document === undefined || row === undefined) throw new Error(`no documents ${name}`);
  const { id } = documentKeyOf(document, { model: row, parts });
  const repeated = fields.flatMap((field): [string, MadeUpValue][] => {
    const value = attributes.get(field);
    return value === undefined ? [] : [[field, value]];
  });
  return new Map([[id, new Map([['id', id], ...repeated])]]);
}

function valueText(value: MadeUpValue, indent: string): string {
  if (typeof value === 'string') return literal(value);
  if (value instanceof Code) return value.text;
  if (typeof value !== 'object' || value === null) return String(value);
  if (isArray(value)) return `[${value.map((one) => valueText(one, indent)).join(', ')}]`;
  const inner = `${indent}  `;
  const members = [...value].map(([name, member]) => `${nameText(name)}: ${valueText(member, inner)}`);
  if (members.length === 0) return '{}';
  const short = `{ ${members.join(', ')} }`;
  if (short.length <= SHORT && !short.includes('\n')) return short;
  return `{\n${members.map((member) => `${inner}${member},\n`).join('')}${indent}}`;
}

/** An object on a line of its own, or of another's. */
const SHORT = WIDTH - 40;

/** In a literal, `__proto__` would be no member, unless it is computed. */
function nameText(name: string): string {
  return name === '__proto__' ? "['__proto__']" : memberName(name);
}

function isArray(value: readonly MadeUpValue[] | MadeUpObject): value is readonly MadeUpValue[] {
  return Array.isArray(value);
}
