import type { SchemaIssue, StandardSchema } from './definition/standard-schema.ts';
import { Fault, type FaultKind } from './fault.ts';
import { deepFreeze, holdsBytes, isPromise, kindOf, toPlain } from './plain-value.ts';
import { keyOf, type Row } from './row.ts';
import type { RowModel } from './table-model.ts';
import type { Attributes } from './value.ts';

/**
 * A row as functions of a definition are given it. What they do not ask for is not decoded, so that a function of the
 * key alone costs little.
 */
export class RowView {
  readonly #row: Row;
  readonly #attributes: Attributes;
  #key: Readonly<Record<string, string>> | undefined;
  #wasRead = false;

  constructor(row: Row, attributes: Attributes) {
    this.#row = row;
    this.#attributes = attributes;
  }

  get key(): Readonly<Record<string, string>> {
    return (this.#key ??= partsByName(this.#row));
  }

  get attributes(): unknown {
    this.#wasRead = true;
    return plainAttributes(this.#row, this.#attributes);
  }

  /** Whether anybody has asked for the attributes: what was decided without them, the key alone decides. */
  static wasRead(view: RowView): boolean {
    return view.#wasRead;
  }
}

/** The parts of a row's key, by their names. */
export function partsByName({ model, parts }: Row): Readonly<Record<string, string>> {
  // An object as a literal makes it: V8 is slower at those without a prototype. No part is named __proto__.
  const key: Record<string, string> = {};
  for (const [index, name] of model.names.entries()) key[name] = parts[index] ?? '';
  return Object.freeze(key);
}

/** One row may be given to many functions. */
const PLAIN = new WeakMap<Attributes, { readonly model: RowModel; readonly plain: unknown }>();

/**
 * A row's attributes as functions are given them: what the row's schema makes of them, where it has one.
 *
 * @throws Fault `permanent` when the row does not fit its schema, or holds a number that cannot be given;
 *   `configuration` when the schema answers with a promise.
 */
export function plainAttributes(row: Row, attributes: Attributes): unknown {
  const { model } = row;
  const known = PLAIN.get(attributes);
  if (known?.model === model) return known.plain;
  const values = Object.create(null) as Record<string, unknown>;
  const decoded = attributes.all();
  try {
    for (const [name, value] of decoded) values[name] = toPlain(value, model.numbers, name);
  } catch (error) {
    const { kind, message, reason } = Fault.from(error);
    throw new Fault(kind, `${describeRow(row)}: ${message}`, {
      reason: `${model.name} rows: ${reason}`,
      cause: error,
    });
  }
  Object.freeze(values);
  const plain = model.schema === undefined ? values : deepFreeze(parsed(model.schema, values, row));
  // What one function writes into bytes must not reach the next.
  if (!holdsBytes(values)) PLAIN.set(attributes, { model, plain });
  return plain;
}

function parsed(schema: StandardSchema, values: Readonly<Record<string, unknown>>, row: Row): unknown {
  const validate = {
    name: `the schema of ${row.model.name} rows`,
    run: () => schema['~standard'].validate(values),
  };
  return guarded(validate, row, (result) => {
    // Anything can be returned, by a schema that nobody has type-checked.
    if (typeof (result as unknown) !== 'object' || (result as unknown) === null)
      throw unfit(validate, row, `returned ${kindOf(result)} instead of { value } or { issues }`);
    if (result.issues === undefined) {
      if ('value' in result) return result.value;
      throw unfit(validate, row, 'returned neither a value nor issues');
    }
    const issues: unknown = result.issues;
    if (!Array.isArray(issues))
      throw unfit(validate, row, `returned issues that are ${kindOf(issues)}, and no array`);
    const problems = issues.map(wordsOfIssue).filter((words) => words !== '');
    throw new Fault(
      'permanent',
      `${describeRow(row)} does not fit its schema: ${problems.join('; ') || 'the schema gives no reason'}`,
      {
        reason: `the ${row.model.name} row does not fit its schema`,
      },
    );
  });
}

/** An issue in words; empty where it has none. */
function wordsOfIssue(issue: unknown): string {
  if (typeof issue !== 'object' || issue === null) return typeof issue === 'string' ? issue : '';
  const { message = '', path } = issue as Partial<SchemaIssue>;
  const names = (path ?? []).map((step) => String(typeof step === 'object' ? step.key : step));
  return names.length === 0 ? message : `${names.join('.')}: ${message}`;
}

/** A function of a definition, and what to call it in messages. */
export interface Named<Run> {
  /** `where of the derivation order_search` */
  readonly name: string;
  readonly run: Run;
}

/**
 * Calls a function of a definition for a row.
 *
 * @param read makes of what it returned what is asked for. What it throws is taken for the function's: a getter of
 *   what was returned is the user's code, too.
 * @throws Fault `permanent` when the function throws: the row is one that it cannot take. `configuration` when it
 *   returns a promise. A Fault that reading the row's attributes throws is thrown as it is.
 */
export function callFor<Returned, Result>(
  { name, run }: Named<(row: RowView) => Returned>,
  row: Row,
  attributes: Attributes,
  read: (returned: Returned) => Result,
  view = new RowView(row, attributes),
): Result {
  return guarded({ name, run: () => run(view) }, row, read);
}

function guarded<Returned, Result>(
  called: Named<() => Returned>,
  row: Row,
  read: (returned: Awaited<Returned>) => Result,
): Result {
  try {
    const returned = called.run();
    if (!isPromise(returned)) return read(returned as Awaited<Returned>);
    // Nobody waits for it: what it is rejected with must not end the process.
    returned.then(undefined, () => undefined);
  } catch (error) {
    if (Fault.is(error)) throw error;
    // Its words may be of the row: the reason is without them.
    throw new Fault('permanent', `${called.name} threw for ${describeRow(row)}: ${wordsOf(error)}`, {
      cause: error,
      reason: `${called.name} threw`,
    });
  }
  const problem = 'returned a promise: it must be a pure function of the row, that is not async';
  throw unfit(called, row, problem, { kind: 'configuration' });
}

/** A row for a message: its kind and its key. */
export function describeRow(row: Row): string {
  const { partition, sort } = keyOf(row);
  return `the ${row.model.name} row ${JSON.stringify(sort === undefined ? [partition] : [partition, sort])}`;
}

/**
 * What a function returned is not what it must be.
 *
 * @param options `permanent` unless the row cannot be the cause; the problem is the reason, unless it says more than one.
 */
export function unfit(
  { name }: Named<unknown>,
  row: Row,
  problem: string,
  { kind = 'permanent', reason = problem }: { readonly kind?: FaultKind; readonly reason?: string } = {},
): Fault {
  return new Fault(kind, `${name}, called for ${describeRow(row)}, ${problem}`, {
    reason: `${name} ${reason}`,
  });
}

/** What was thrown, in words: anything can be. */
export function wordsOf(error: unknown): string {
  if (error instanceof Error) return error.message === '' ? `${error.name} without a message` : error.message;
  if (error === '') return 'an empty string';
  return typeof error === 'string' ? error : kindOf(error);
}
