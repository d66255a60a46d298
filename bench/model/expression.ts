import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue, Item } from './item.ts';

/** What an expression's placeholders stand for. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, AttributeValue>>;
}

type Scalar = AttributeValue | undefined;
type Operand = (item: Item, placeholders: Placeholders) => Scalar;
type Condition = (item: Item, placeholders: Placeholders) => boolean;

const TOKEN = /\s*(<=|>=|<>|[=<>(),]|[#:]?[\w.-]+)/gy;

/**
 * Whether a condition of DynamoDB holds, as far as Contrail and its peers use them: comparisons, `AND`, `OR`, `NOT`,
 * parentheses, `attribute_exists`, `attribute_not_exists`, `attribute_type`, `begins_with`, `size` of strings; top-level names
 * only.
 *
 * @throws Error where it has anything else.
 */
export function holds(
  expression: string | undefined,
  item: Item | undefined,
  placeholders: Placeholders,
): boolean {
  if (expression === undefined) return true;
  let condition = COMPILED.get(expression);
  if (condition === undefined) COMPILED.set(expression, (condition = compile(expression)));
  return condition(item ?? {}, placeholders);
}

/** Expressions repeat, their values do not. */
const COMPILED = new Map<string, Condition>();

function compile(expression: string): Condition {
  const reader = new Reader(expression);
  const condition = anyOf(reader);
  if (reader.peek() !== undefined) throw new Error(`unexpected ${reader.peek()} in ${expression}`);
  return condition;
}

class Reader {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(expression: string) {
    this.#tokens = [...expression.matchAll(TOKEN)].map(([, token]) => token ?? '');
    const read = this.#tokens.join('').length;
    if (read !== expression.replaceAll(/\s/g, '').length) throw new Error(`cannot read ${expression}`);
  }

  peek(): string | undefined {
    return this.#tokens[this.#next];
  }

  take(): string {
    const token = this.#tokens[this.#next++];
    if (token === undefined) throw new Error('the expression ends too soon');
    return token;
  }

  takes(word: string): boolean {
    if (this.peek()?.toUpperCase() !== word) return false;
    this.#next++;
    return true;
  }

  expect(token: string): void {
    const found = this.take();
    if (found !== token) throw new Error(`${found} where ${token} was expected`);
  }
}

function anyOf(reader: Reader): Condition {
  const parts = [allOf(reader)];
  while (reader.takes('OR')) parts.push(allOf(reader));
  return (item, values) => parts.some((part) => part(item, values));
}

function allOf(reader: Reader): Condition {
  const parts = [one(reader)];
  while (reader.takes('AND')) parts.push(one(reader));
  return (item, values) => parts.every((part) => part(item, values));
}

function one(reader: Reader): Condition {
  if (reader.takes('NOT')) {
    const denied = one(reader);
    return (item, values) => !denied(item, values);
  }
  if (reader.takes('(')) {
    const inner = anyOf(reader);
    reader.expect(')');
    return inner;
  }
  const first = reader.take();
  const isCall = reader.takes('(');
  if (isCall && first !== 'size') return functionOf(first, argumentsOf(reader));
  const left = isCall ? sizeOf(argumentsOf(reader)) : operand(first);
  const operator = reader.take();
  const right = operand(reader.take());
  return (item, values) => compare(left(item, values), operator, right(item, values));
}

function argumentsOf(reader: Reader): Operand[] {
  const found = [operand(reader.take())];
  while (reader.takes(',')) found.push(operand(reader.take()));
  reader.expect(')');
  return found;
}

function operand(token: string): Operand {
  if (token.startsWith(':')) return (_, { ExpressionAttributeValues }) => ExpressionAttributeValues?.[token];
  return (item, placeholders) => item[nameOf(token, placeholders)];
}

/** The attribute that a name or its placeholder is of. */
export function nameOf(token: string, { ExpressionAttributeNames }: Placeholders): string {
  return token.startsWith('#') ? (ExpressionAttributeNames?.[token] ?? token) : token;
}

function functionOf(name: string, [left = nothing, right = nothing]: readonly Operand[]): Condition {
  switch (name) {
    case 'attribute_exists':
      return (item, values) => left(item, values) !== undefined;
    case 'attribute_not_exists':
      return (item, values) => left(item, values) === undefined;
    case 'attribute_type':
      return (item, values) => Object.keys(left(item, values) ?? {})[0] === right(item, values)?.S;
    case 'begins_with':
      return (item, values) =>
        left(item, values)?.S?.startsWith(right(item, values)?.S ?? '\u{10ffff}') ?? false;
    default:
      throw new Error(`the function ${name} is not modelled`);
  }
}

function sizeOf([of = nothing]: readonly Operand[]): Operand {
  return (item, values) => {
    const text = of(item, values)?.S;
    return text === undefined ? undefined : { N: String(Buffer.byteLength(text)) };
  };
}

const nothing: Operand = () => undefined;

function compare(left: Scalar, operator: string, right: Scalar): boolean {
  if (left === undefined || right === undefined) return false;
  if (operator === '=') return isDeepStrictEqual(left, right);
  if (operator === '<>') return !isDeepStrictEqual(left, right);
  const [a, b] =
    left.N !== undefined && right.N !== undefined ? [Number(left.N), Number(right.N)] : [left.S, right.S];
  if (a === undefined || b === undefined) return false;
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  if (operator === '>') return a > b;
  return a >= b;
}
