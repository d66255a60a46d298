import { Script } from 'node:vm';
import ts from 'typescript';

/*
 * CloudWatch's metric math, as its documentation words it, for the functions that the alarms use:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */

/** Values at times that are equally far apart, undefined where there is none. */
export type Series = readonly (number | undefined)[];

type Value = Series | number;

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number | undefined>> = {
  '||': (a, b) => Number(a !== 0 || b !== 0),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  // A value that would be divided by zero is dropped.
  '/': (a, b) => (b === 0 ? undefined : a / b),
};

const FUNCTIONS: Readonly<Record<string, (...args: (Value | undefined)[]) => Value>> = {
  // Whether a series without a single value is filled, the documentation does not say: nothing may rest on it.
  FILL: (series, filler) => {
    const values = seriesOf(series);
    return values.every((value) => value === undefined)
      ? values
      : values.map((value) => value ?? scalarOf(filler));
  },
  DIFF: (series) => {
    let before: number | undefined;
    return seriesOf(series).map((value) => {
      const difference = value === undefined || before === undefined ? undefined : value - before;
      before = value ?? before;
      return difference;
    });
  },
  IF: (condition, then, otherwise) =>
    seriesOf(condition).map((value, index) => {
      if (value === undefined) return undefined;
      if (value !== 0) return at(then, index) ?? 0;
      return at(otherwise, index);
    }),
};

/**
 * Computes an expression. Its grammar is JavaScript's, with words for two of the operators.
 *
 * @throws Error for what is not an expression, or has a function or a series that is not known here.
 */
export function evaluate(expression: string, series: ReadonlyMap<string, Series>): Series {
  const source = parsed(expression);
  const valueOf = (node: ts.Node): Value => {
    if (ts.isExpressionStatement(node) || ts.isParenthesizedExpression(node)) return valueOf(node.expression);
    if (ts.isNumericLiteral(node)) return Number(node.text);
    if (ts.isBinaryExpression(node)) {
      const operator = OPERATORS[node.operatorToken.getText(source)];
      if (operator !== undefined) return combine(valueOf(node.left), valueOf(node.right), operator);
    }
    if (ts.isCallExpression(node)) {
      const call = FUNCTIONS[node.expression.getText(source)];
      if (call !== undefined) return call(...node.arguments.map(valueOf));
    }
    const found = series.get(node.getText(source));
    if (found === undefined) throw new Error(`${expression}: ${node.getText(source)} is not known here`);
    return found;
  };
  return seriesOf(valueOf(source.statements[0]!));
}

/** Alarms evaluate the same few expressions every minute. */
const PARSED = new Map<string, ts.SourceFile>();

function parsed(expression: string): ts.SourceFile {
  const known = PARSED.get(expression);
  if (known !== undefined) return known;
  const text = `(${expression.replaceAll(/\bAND\b/g, '&&').replaceAll(/\bOR\b/g, '||')})`;
  // TypeScript's parser makes the best of anything.
  new Script(text);
  const source = ts.createSourceFile('expression.js', text, ts.ScriptTarget.Latest);
  PARSED.set(expression, source);
  return source;
}

/** Of two series, one that lacks a value counts as 0 there; beside a number, there is no value. */
function combine(left: Value, right: Value, operator: (a: number, b: number) => number | undefined): Value {
  if (typeof left === 'number' && typeof right === 'number') return operator(left, right) ?? 0;
  const length = typeof left === 'number' ? seriesOf(right).length : left.length;
  return Array.from({ length }, (_, index) => {
    const [a, b] = [at(left, index), at(right, index)];
    if (a === undefined && b === undefined) return undefined;
    if ((a === undefined || b === undefined) && (typeof left === 'number' || typeof right === 'number'))
      return undefined;
    return operator(a ?? 0, b ?? 0);
  });
}

function at(value: Value | undefined, index: number): number | undefined {
  return typeof value === 'number' ? value : value?.[index];
}

function seriesOf(value: Value | undefined): Series {
  if (typeof value === 'object') return value;
  throw new Error('expected a series, not a number or nothing');
}

function scalarOf(value: Value | undefined): number {
  if (typeof value === 'number') return value;
  throw new Error('expected a number, not a series or nothing');
}
