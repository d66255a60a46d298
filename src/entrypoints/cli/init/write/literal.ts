import { printable } from '../../../../adapters/json/excerpt.ts';

/** Columns of the written files. */
export const WIDTH = 100;

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A text as a literal of TypeScript, in single quotes: no character of it can end the literal, or change how it looks. */
export function literal(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${printable(inner)}'`;
}

/** The name of a member, quoted where it is no identifier. */
export function memberName(name: string): string {
  return IDENTIFIER.test(name) && name !== '__proto__' ? name : literal(name);
}

/** Comments of one line each, no longer than a line: nothing in the text can end one. */
export function comment(text: string, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(' ')) {
    if (line !== '' && indent.length + 3 + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${indent}// ${one}`);
}

/** Members of an object, or elements of an array: on one line where they fit. */
export function braced(open: '{' | '[', members: readonly string[], indent: string, used: number): string {
  const close = open === '{' ? '}' : ']';
  if (members.length === 0) return `${open}${close}`;
  const pad = open === '{' ? ' ' : '';
  const short = `${open}${pad}${members.join(', ')}${pad}${close}`;
  if (used + short.length <= WIDTH && !short.includes('\n')) return short;
  return `${open}\n${members.map((member) => `${indent}  ${member},\n`).join('')}${indent}${close}`;
}
