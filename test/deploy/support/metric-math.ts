/*
 * CloudWatch's metric math, as its documentation words it, for the functions that the alarms use:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */

/** Values at times that are equally far apart, undefined where there is none. */
export type Series = readonly (number | undefined)[];

type Value = Series | number;

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?)|(?<name>[A-Za-z]\w*)|(?<symbol>==|!=|<=|>=|&&|\|\||[-+*/<>(),]))/y;

/** From the weakest to the strongest. */
const OPERATORS: readonly Readonly<Record<string, (a: number, b: number) => number | undefined>>[] = [
  { OR: (a, b) => Number(a !== 0 || b !== 0), '||': (a, b) => Number(a !== 0 || b !== 0) },
  { AND: (a, b) => Number(a !== 0 && b !== 0), '&&': (a, b) => Number(a !== 0 && b !== 0) },
  {
    '==': (a, b) => Number(a === b),
    '!=': (a, b) => Number(a !== b),
    '<=': (a, b) => Number(a <= b),
    '>=': (a, b) => Number(a >= b),
    '<': (a, b) => Number(a < b),
    '>': (a, b) => Number(a > b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  // A value that would be divided by zero is dropped.
  { '*': (a, b) => a * b, '/': (a, b) => (b === 0 ? undefined : a / b) },
];

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
 * Computes an expression.
 *
 * @throws Error for what is no expression, or has a function or a series that is not known here.
 */
export function evaluate(expression: string, series: ReadonlyMap<string, Series>): Series {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const match = TOKEN.exec(expression);
    if (match === null) throw new Error(`this is no expression: ${expression}`);
    tokens.push(match[0].trim());
  }
  const next = (): string => tokens.shift() ?? '';
  const expect = (token: string): void => {
    const found = next();
    if (found !== token) throw new Error(`${expression}: “${token}” is expected, not “${found}”`);
  };

  const operation = (level: number): Value => {
    const operators = OPERATORS[level];
    if (operators === undefined) return operand();
    let left = operation(level + 1);
    for (let operator; (operator = operators[tokens[0] ?? '']) !== undefined;) {
      next();
      left = combine(left, operation(level + 1), operator);
    }
    return left;
  };
  const operand = (): Value => {
    const token = next();
    if (/^\d/.test(token)) return Number(token);
    if (token === '(') {
      const inner = operation(0);
      expect(')');
      return inner;
    }
    const call = FUNCTIONS[token];
    if (call === undefined) {
      const found = series.get(token);
      if (found === undefined) throw new Error(`${expression}: there is no ${token}`);
      return found;
    }
    expect('(');
    const args = [operation(0)];
    while (tokens[0] === ',') {
      next();
      args.push(operation(0));
    }
    expect(')');
    return call(...args);
  };

  const result = operation(0);
  if (tokens.length > 0) throw new Error(`${expression}: “${tokens[0]}” is not expected`);
  return seriesOf(result);
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
  throw new Error('a series is needed where there is a number, or nothing');
}

function scalarOf(value: Value | undefined): number {
  if (typeof value === 'number') return value;
  throw new Error('a number is needed where there is a series, or nothing');
}
