import { isObject } from '../../../src/domain/json.ts';

/*
 * Lambda's event filtering, as its documentation words it, for the rules that compare texts and presence:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 *
 * A pattern's fields all have to match; an array is a list of rules of which one has to. Filters are alternatives.
 */

/** Whether a record passes a mapping's filters. Without filters, everything passes. */
export function passes(patterns: readonly string[], record: unknown): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matches(JSON.parse(pattern), record));
}

/** @throws Error for rules that Lambda does not take. */
function matches(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) {
    if (pattern.length === 0) throw new Error('a filter has an empty list of rules');
    return pattern.some((rule) => follows(rule, value));
  }
  if (!isObject(pattern)) throw new Error(`a filter's values stand in arrays: ${JSON.stringify(pattern)}`);
  return Object.entries(pattern).every(([name, inner]) =>
    matches(inner, isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
  );
}

function follows(rule: unknown, value: unknown): boolean {
  if (!isObject(rule)) return rule === value;
  const [entry, ...others] = Object.entries(rule);
  if (entry === undefined || others.length > 0)
    throw new Error(`a rule has one operator: ${JSON.stringify(rule)}`);
  const [operator, operand] = entry;
  const text = typeof value === 'string' ? value : undefined;
  switch (operator) {
    case 'prefix':
      return text?.startsWith(textOf(operand)) ?? false;
    case 'suffix':
      return text?.endsWith(textOf(operand)) ?? false;
    case 'equals-ignore-case':
      return text?.toLowerCase() === textOf(operand).toLowerCase();
    case 'exists':
      if (typeof operand !== 'boolean') throw new Error('exists is true or false');
      // Only of leaves: of an object, Lambda says that it does not exist.
      return (value !== undefined && !isObject(value)) === operand;
    case 'anything-but':
      if (!Array.isArray(operand)) throw new Error('anything-but takes a list');
      return value !== undefined && !isObject(value) && !operand.includes(value);
    default:
      throw new Error(`the operator ${operator} is not known here`);
  }
}

function textOf(operand: unknown): string {
  if (typeof operand === 'string') return operand;
  throw new Error(`an operator takes a text: ${JSON.stringify(operand)}`);
}
