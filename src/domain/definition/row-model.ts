import { canonicalKeyText, type KeyType } from '../key-value.ts';
import { isPlainObject, kindOf } from '../plain-value.ts';
import type { KeySchema } from '../table-model.ts';
import { type Draft, rowModel } from './draft.ts';
import type { PartRule } from './overlap.ts';
import type { When } from '../when.ts';
import { isStringArray, isText, listProblem, membersOf, type Owner, repeatedIn, shown } from './problems.ts';
import type { RowKind } from './row.ts';
import type { StandardSchema } from './standard-schema.ts';
import { keyAttributes, partsOf, templatesOf, typedParts, unstorable } from './templates.ts';

/** Reads a kind of row, and says what is wrong with it. The draft is not sound where its key cannot be read. */
export function readRow(
  name: string,
  kind: RowKind,
  keys: KeySchema | undefined,
  problem: Owner['problem'],
): Draft {
  const owner: Owner = { name, names: undefined, problem };
  const members = ['schema', 'parts', 'when', 'numbers', 'strict', 'derives'] as const;
  const options = membersOf(owner, 'its options', kind.options, members);
  const { schema, parts = {}, when, numbers, strict = false, derives } = options;
  if (schema !== undefined && !isSchema(schema))
    problem(`its schema must follow Standard Schema, and is ${kindOf(schema)}`);
  if (numbers !== undefined && numbers !== 'exact')
    problem(`its numbers must be exact, or left out, and are ${shown(numbers)}`);
  if (typeof strict !== 'boolean') problem(`its strict must be true or false, and is ${shown(strict)}`);
  if (derives !== undefined && derives !== 'nothing')
    problem(`its derives must be nothing, or left out, and is ${shown(derives)}`);
  const rules = rulesOf(parts, problem);
  const attributes = keys && keyAttributes(keys);
  const told =
    when === undefined
      ? undefined
      : whenOf(
          when,
          attributes?.map((attribute) => attribute.name),
          problem,
        );
  const known = {
    name,
    strict: strict === true,
    numbers: numbers === 'exact' ? ('exact' as const) : ('plain' as const),
    when: told,
    schema: isSchema(schema) ? schema : undefined,
  };
  const use = { isMarkedUnused: derives === 'nothing', isUsed: false };
  const unsound: Draft = { ...use, model: rowModel(known), isSound: false };
  const [partition, sort] = templatesOf(owner, 'key', kind.key, attributes);
  if (partition === undefined || (sort === undefined && keys?.sort !== undefined)) return unsound;
  const names = partsOf(partition, sort);
  const repeated = repeatedIn(names);
  if (repeated !== undefined) problem(`its key names the part <${repeated}> twice`);
  for (const part of rules.keys())
    if (!names.includes(part)) problem(`its parts name ${part}, which is no part of its key`);
  for (const { part, attribute, type } of typedParts([partition, sort], attributes ?? []))
    for (const value of valuesIn(rules.get(part)))
      if (canonicalKeyText(value, type) !== value)
        problem(
          `its parts.${part} has ${shown(value)}, which no key has: ${attribute} is of type ${type}, ${WRITTEN[type]}` +
            writtenAs(value, type),
        );
  if (repeated !== undefined || (when !== undefined && told === undefined)) return unsound;
  const model = rowModel({ ...known, partition, sort, names, rules: names.map((part) => rules.get(part)) });
  return { ...use, model, isSound: true };
}

function writtenAs(value: string, type: KeyType): string {
  const canonical = canonicalKeyText(value, type);
  if (canonical !== undefined) return `, such as ${shown(canonical)}`;
  const why = type === 'N' ? unstorable(value) : undefined;
  return why === undefined ? '' : `; it ${why}`;
}

const WRITTEN = {
  S: 'a string',
  N: 'a number written as its digits',
  B: 'bytes written as base64url without padding',
};

function valuesIn(rule: PartRule): readonly string[] {
  return rule === undefined || 'without' in rule ? [] : rule;
}

function rulesOf(parts: unknown, problem: Owner['problem']): ReadonlyMap<string, PartRule> {
  if (!isPlainObject(parts)) {
    problem(`its parts must be an object of rules by the names of parts, and are ${kindOf(parts)}`);
    return new Map();
  }
  const rules = new Map<string, PartRule>();
  for (const [part, rule] of Object.entries(parts)) {
    const isRight = isRule(rule);
    if (!isRight) problem(`its parts.${part} must be an array of texts, or { without: 'one character' }`);
    rules.set(part, isRight ? rule : undefined);
  }
  return rules;
}

function isRule(rule: unknown): rule is PartRule {
  if (isStringArray(rule)) return rule.length > 0 && rule.every((text) => text.isWellFormed());
  if (!isPlainObject(rule)) return rule === undefined;
  if (Object.keys(rule).length !== 1) return false;
  const { without } = rule;
  return typeof without === 'string' && Array.from(without).length === 1 && without.isWellFormed();
}

/** Undefined where something is wrong with it. */
function whenOf(when: unknown, keys: readonly string[] = [], problem: Owner['problem']): When | undefined {
  const entries = isPlainObject(when) ? Object.entries(when) : [];
  if (entries.length === 0) {
    const found = isPlainObject(when) ? 'an empty object' : kindOf(when);
    problem(`its when must be an object of texts by the names of attributes, and is ${found}`);
    return undefined;
  }
  const wrong: string[] = [];
  const rules = entries.map(([name, given]) => {
    if (name === '' || name === '__proto__')
      wrong.push(`its when names ${shown(name)}, which is no attribute`);
    if (keys.includes(name))
      wrong.push(`its when names ${name}, which is of the table's key: its template says that`);
    if (isText(given)) return { name, values: [given] };
    const found = listProblem(given, isText);
    if (found === undefined) return { name, values: given as readonly string[] };
    wrong.push(`its when.${name} must be a text, or an array of texts, and ${found}`);
    return { name, values: [] };
  });
  for (const what of wrong) problem(what);
  return wrong.length === 0 ? rules : undefined;
}

/** Some libraries' schemas are functions. */
function isSchema(schema: unknown): schema is StandardSchema {
  if ((typeof schema !== 'object' || schema === null) && typeof schema !== 'function') return false;
  const { '~standard': standard } = schema as {
    readonly '~standard'?: { readonly validate?: unknown } | null;
  };
  return typeof standard?.validate === 'function';
}
