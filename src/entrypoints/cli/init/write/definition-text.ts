import type { Proposal } from '../../../../application/propose/proposal.ts';
import type { KeySchema } from '../../../../domain/table-model.ts';
import { type Plan, type PlannedKind, searchable } from '../plan.ts';
import type { Sampled } from '../sampled.ts';
import { braced, comment, literal, memberName } from './literal.ts';
import { interfaceMembers } from './type-text.ts';

/** The definition, as a file. */
export function definitionText(plan: Plan, proposal: Proposal, sampled: Sampled): string {
  const isExact = plan.kinds.some((kind) => kind.isExact && kind.attributes !== undefined);
  const functions = [
    ...(plan.counts.length > 0 ? ['counts'] : []),
    ...['defineTable', ...(plan.documents.length > 0 ? ['documents'] : []), 'row'],
    ...(isExact ? ['type Decimal'] : []),
  ];
  const { rows, examples } = proposal.others;
  const head = [
    `Proposed by contrail init from ${count(proposal.rows, 'row')} of ${sampled.source}.`,
    'It is yours now: correct what it could not know.',
    ...sampled.doubts,
    ...(rows === 0
      ? []
      : [
          `${count(rows, 'row')} ${rows === 1 ? 'fits' : 'fit'} no pattern, such as ${examples.slice(0, 3).map(shownKey).join(' and ')}: nothing is derived from ${rows === 1 ? 'it' : 'them'}.`,
        ]),
  ];
  return [
    `import { ${functions.join(', ')} } from 'contrail';\n`,
    `${head.flatMap((line) => comment(line)).join('\n')}\n`,
    ...plan.kinds.map((kind) => kindText(kind, plan.keys)),
    tableText(plan),
  ].join('\n');
}

/** A key for people: what stands in it, and nothing else of the row. */
export function shownKey({
  partition,
  sort,
}: {
  readonly partition: string;
  readonly sort: string | undefined;
}): string {
  return JSON.stringify(sort === undefined ? [partition] : [partition, sort]);
}

export function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}

function kindText(kind: PlannedKind, keys: KeySchema): string {
  const about = [
    `${count(kind.rows, 'row')} of the sample.`,
    ...kind.parts.flatMap(({ name, form }) =>
      form === 'date' || form === 'time' ? [`<${name}> is a ${form}: rows sort by it.`] : [],
    ),
    ...kind.doubts,
  ].flatMap((line) => comment(line));
  const type =
    kind.attributes === undefined
      ? []
      : [`interface ${kind.typeName} {\n${interfaceMembers(kind.attributes, kind.isExact)}}\n`];
  return [...type, `${about.join('\n')}\n${rowText(kind, keys)}`].join('\n');
}

function rowText(kind: PlannedKind, { partition, sort }: KeySchema): string {
  const names = sort === undefined ? [partition] : [partition, sort];
  const key = names.map((name) => `${memberName(name)}: ${literal(kind.key.get(name) ?? '')}`);
  const rules = kind.parts.flatMap(({ name, rule }) => {
    if (rule === undefined) return [];
    const text =
      'without' in rule ? `{ without: ${literal(rule.without)} }` : `[${rule.map(literal).join(', ')}]`;
    return [`${memberName(name)}: ${text}`];
  });
  const options = [
    ...(rules.length === 0 ? [] : [`parts: { ${rules.join(', ')} }`]),
    ...(kind.when === undefined
      ? []
      : [`when: { ${memberName(kind.when.attribute)}: ${literal(kind.when.value)} }`]),
    ...(kind.isUsed ? [] : ["derives: 'nothing'"]),
  ];
  const exact = kind.isExact ? "{ numbers: 'exact' }" : '';
  const withType = kind.attributes === undefined ? '' : `.with<${kind.typeName}>(${exact})`;
  const short = `{ ${key.join(', ')} }${options.length === 0 ? '' : `, { ${options.join(', ')} }`}`;
  const begin = `const ${kind.name} = row(`;
  if (begin.length + short.length + withType.length + 2 <= 100) return `${begin}${short})${withType};\n`;
  const lines = [braced('{', key, '  ', 2), ...(options.length === 0 ? [] : [braced('{', options, '  ', 2)])];
  return `${begin}\n${lines.map((line) => `  ${line},\n`).join('')})${withType};\n`;
}

function tableText({ keys, kinds, documents, counts }: Plan): string {
  const key = (name: string, type: string) =>
    type === 'S' ? literal(name) : `{ name: ${literal(name)}, type: '${type}' }`;
  const inKey = [
    `partition: ${key(keys.partition, keys.partitionType)}`,
    ...(keys.sort === undefined ? [] : [`sort: ${key(keys.sort, keys.sortType)}`]),
  ];
  const derive = [
    ...documents.map(({ name, kind, ...spec }) => documentsText(name, kind, spec)),
    ...counts.map(({ name, kind, by, at }) => {
      const place = [...at].map(([attribute, text]) => `${memberName(attribute)}: ${literal(text)}`);
      const members = [`by: [${by.map(literal).join(', ')}]`, `at: { ${place.join(', ')} }`];
      return `${name}: counts(${kind}, ${braced('{', members, '    ', name.length + kind.length + 16)}),`;
    }),
  ];
  const lines = derive.length === 0 ? exampleOf(kinds, keys) : derive.map((line) => `    ${line}`);
  const rows = braced(
    '{',
    kinds.map(({ name }) => name),
    '  ',
    8,
  );
  return `export default defineTable({
  keys: { ${inKey.join(', ')} },
  rows: ${rows},
  derive: {
${lines.join('\n')}
  },
});
`;
}

function documentsText(
  name: string,
  kind: string,
  {
    collection,
    id,
    fields,
  }: { readonly collection: string; readonly id: string | undefined; readonly fields: readonly string[] },
): string {
  const members = [
    `collection: ${literal(collection)}`,
    ...(id === undefined ? [] : [`id: ${literal(id)}`]),
    `fields: ${braced('[', fields.map(literal), '      ', 16)}`,
  ];
  return `${name}: documents(${kind}, ${braced('{', members, '    ', name.length + kind.length + 18)}),`;
}

/** Of the kind with the most rows that anything can be said of. */
function exampleOf(kinds: readonly PlannedKind[], keys: KeySchema): string[] {
  const kind = kinds.find((one) => searchable(one, keys).length > 0);
  if (kind === undefined)
    return comment('Nothing yet: see docs/definitions.md for what can be derived.', '    ');
  const fields = searchable(kind, keys).slice(0, 3).map(literal).join(', ');
  const id = kind.parts.length === 0 ? `id: ${literal(kind.name)}, ` : '';
  return [
    ...comment(
      `Nothing yet. For instance a search document of each ${kind.name}: import documents, and take derives: 'nothing' from its row.`,
      '    ',
    ),
    ...comment(
      `${kind.name}_search: documents(${kind.name}, { collection: '${kind.name}', ${id}fields: [${fields}] }),`,
      '    ',
    ),
  ];
}
