import { isStreamArn } from '../../adapters/dynamodb-stream/stream-arn.ts';
import { Fault } from '../../domain/fault.ts';
import { isObject } from '../../domain/json.ts';
import { kindOf } from '../../domain/plain-value.ts';
import { isTableDefinition } from '../definition/definition-in.ts';

/** @throws Fault `configuration` with all that is wrong with the options of a reader: they need not be type-checked. */
export function checkReaderOptions(options: unknown): void {
  if (!isObject(options)) throw wrong([`its options must be an object, and are ${kindOf(options)}`]);
  const { table, streamArn, source, definition, from, state, states, name, onPoison } = options;
  const given = Object.entries({ table, streamArn, source }).filter(([, value]) => value !== undefined);
  throwIfAny([
    given.length !== 1 && 'give it what to read: one of table, streamArn and source',
    !isText(table) && `its table must be a name or an ARN, and is ${found(table)}`,
    !isText(streamArn)
      ? `its streamArn must be an ARN, and is ${found(streamArn)}`
      : streamArn !== undefined &&
        !isStreamArn(streamArn) &&
        `its streamArn is ${streamArn}, which is none: expected arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL`,
    definition !== undefined &&
      !isTableDefinition(definition) &&
      'its definition must be what defineTable(…) returns',
    from !== undefined && from !== 'horizon' && from !== 'latest' && "its from must be 'horizon' or 'latest'",
    !isText(state) && `its state must be what state() of a reader gave, and is ${found(state)}`,
    state !== undefined && states !== undefined && 'it has both state and states: leave one out',
    states !== undefined &&
      !isText(name, true) &&
      'its states need a name: what the changes are read for, the same for all processes that share them',
    states === undefined &&
      name !== undefined &&
      'its name is for states that are shared: give it states, or leave it out',
    onPoison !== undefined &&
      typeof onPoison !== 'function' &&
      `its onPoison must be a function, and is ${kindOf(onPoison)}`,
    numberProblem('heldBytes', options['heldBytes'], 1),
    numberProblem('failoverMs', options['failoverMs'], 500),
  ]);
}

/** @throws Fault `configuration` with all that is wrong with how it is to read. */
export function checkReadOptions({ concurrency }: { readonly concurrency?: unknown }): void {
  throwIfAny([numberProblem('concurrency', concurrency, 1, 1_000)]);
}

function found(text: unknown): string {
  return text === '' ? 'an empty string' : kindOf(text);
}

function isText(value: unknown, isNeeded = false): value is string | undefined {
  return value === undefined ? !isNeeded : typeof value === 'string' && value !== '';
}

function numberProblem(name: string, value: unknown, least: number, most = Infinity): string | false {
  if (value === undefined) return false;
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return false;
  const bounds = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
  return `its ${name} must be an integer ${bounds}, and is ${typeof value === 'number' ? value : kindOf(value)}`;
}

function throwIfAny(problems: readonly (string | false)[]): void {
  const found = problems.filter((problem) => problem !== false);
  if (found.length > 0) throw wrong(found);
}

function wrong(problems: readonly string[]): Fault {
  return new Fault('configuration', `the reader cannot read: ${problems.join('; ')}`);
}
