import { isPlainObject, kindOf } from '../plain-value.ts';
import type { KeySchema } from '../table-model.ts';
import { type Draft, rowModel } from './draft.ts';
import type { PartRule } from './overlap.ts';
import { isStringArray, membersOf, type Owner, repeatedIn, shown } from './problems.ts';
import type { RowKind } from './row.ts';
import type { StandardSchema } from './standard-schema.ts';
import { keyAttributes, partsOf, templatesOf } from './templates.ts';

/** Reads a kind of row, and says what is wrong with it. The draft is not sound where its key cannot be read. */
export function readRow(
  name: string,
  kind: RowKind,
  keys: KeySchema | undefined,
  problem: Owner['problem'],
): Draft {
  const owner: Owner = { name, names: undefined, problem };
  const members = ['schema', 'parts', 'numbers', 'strict', 'derives'] as const;
  const options = membersOf(owner, 'its options', kind.options, members);
  const { schema, parts = {}, numbers, strict = false, derives } = options;
  if (schema !== undefined && !isSchema(schema))
    problem(`its schema must follow Standard Schema, and is ${kindOf(schema)}`);
  if (numbers !== undefined && numbers !== 'exact')
    problem(`its numbers must be exact, or left out, and are ${shown(numbers)}`);
  if (typeof strict !== 'boolean') problem(`its strict must be true or false, and is ${shown(strict)}`);
  if (derives !== undefined && derives !== 'nothing')
    problem(`its derives must be nothing, or left out, and is ${shown(derives)}`);
  const rules = rulesOf(parts, problem);
  const known = {
    name,
    strict: strict === true,
    numbers: numbers === 'exact' ? ('exact' as const) : ('plain' as const),
    schema: isSchema(schema) ? schema : undefined,
  };
  const use = { isMarkedUnused: derives === 'nothing', isUsed: false };
  const unsound: Draft = { ...use, model: rowModel(known), isSound: false };
  const attributes = keys && keyAttributes(keys);
  const [partition, sort] = templatesOf(owner, 'key', kind.key, attributes);
  if (partition === undefined || (sort === undefined && keys?.sort !== undefined)) return unsound;
  const names = partsOf(partition, sort);
  const repeated = repeatedIn(names);
  if (repeated !== undefined) problem(`its key names the part <${repeated}> twice`);
  for (const part of rules.keys())
    if (!names.includes(part)) problem(`its parts name ${part}, which is no part of its key`);
  if (repeated !== undefined) return unsound;
  const model = rowModel({ ...known, partition, sort, names, rules: names.map((part) => rules.get(part)) });
  return { ...use, model, isSound: true };
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
  const { without } = rule;
  return typeof without === 'string' && Array.from(without).length === 1 && without.isWellFormed();
}

/** Some libraries' schemas are functions. */
function isSchema(schema: unknown): schema is StandardSchema {
  if ((typeof schema !== 'object' || schema === null) && typeof schema !== 'function') return false;
  const { '~standard': standard } = schema as {
    readonly '~standard'?: { readonly validate?: unknown } | null;
  };
  return typeof standard?.validate === 'function';
}
