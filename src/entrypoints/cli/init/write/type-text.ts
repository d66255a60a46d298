import { type ObjectType, type ValueType, wordsOf } from '../../../../application/propose/attribute-types.ts';
import { literal, memberName } from './literal.ts';

/** The members of an interface for rows with these attributes. */
export function interfaceMembers(type: ObjectType, isExact: boolean, indent = '  '): string {
  return [...type.members]
    .map(([name, member]) => {
      const optional = member.count < type.count ? '?' : '';
      return `${indent}readonly ${memberName(name)}${optional}: ${typeText(member, isExact, indent)};\n`;
    })
    .join('');
}

/** The type of values, as TypeScript writes it. */
export function typeText(type: ValueType, isExact: boolean, indent: string): string {
  const words = wordsOf(type);
  const number = isExact ? 'Decimal' : 'number';
  const simple = { string: 'string', number, boolean: 'boolean', null: 'null', bytes: 'Uint8Array' };
  const members = { string: 'string', number, bytes: 'Uint8Array' };
  const alternatives = [
    ...[...type.plain].flatMap((plain) =>
      plain === 'string' && words !== undefined ? words.toSorted().map(literal) : [simple[plain]],
    ),
    ...[...type.sets].map((member) => `ReadonlySet<${members[member]}>`),
    ...(type.list === undefined ? [] : [`readonly ${elementText(type.list, isExact, indent)}[]`]),
    ...(type.object === undefined ? [] : [objectText(type.object, isExact, indent)]),
  ];
  return alternatives.length === 0 ? 'unknown' : alternatives.join(' | ');
}

function elementText(type: ValueType, isExact: boolean, indent: string): string {
  const text = typeText(type, isExact, indent);
  return /[ |]/.test(text) && !text.startsWith('{') ? `(${text})` : text.includes(' | ') ? `(${text})` : text;
}

function objectText(type: ObjectType, isExact: boolean, indent: string): string {
  if (type.members.size === 0) return 'Readonly<Record<string, unknown>>';
  if (type.isDictionary) return `Readonly<Record<string, ${typeText(type.member, isExact, indent)}>>`;
  return `{\n${interfaceMembers(type, isExact, `${indent}  `)}${indent}}`;
}
