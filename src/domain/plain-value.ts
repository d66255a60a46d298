import { canonicalText } from './canonical-text.ts';
import { Decimal } from './decimal.ts';
import { Fault } from './fault.ts';
import { type SetMember, type Value, ValueSet } from './value.ts';

/** How numbers are given to functions: as JavaScript numbers, or as Decimal with every digit. */
export type Numbers = 'plain' | 'exact';

/**
 * A value as functions of a definition are given it, frozen; bytes cannot be, and are a copy. Objects have no prototype,
 * so that an attribute named `__proto__` is an attribute.
 *
 * @param path what to call the value in messages.
 * @throws Fault `permanent` for a number that a JavaScript number does not hold exactly, unless numbers are `exact`.
 */
export function toPlain(value: Value, numbers: Numbers, path: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Decimal) return numbers === 'exact' ? value : exactNumber(value, path);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof ValueSet)
    return frozen(new Set(value.members.map((member) => toPlain(member, numbers, path))));
  if (Array.isArray(value))
    return Object.freeze(
      (value as readonly Value[]).map((member, index) => toPlain(member, numbers, `${path}[${index}]`)),
    );
  const object = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(value))
    object[name] = toPlain(member, numbers, `${path}.${name}`);
  return Object.freeze(object);
}

/** Freezes a value and all that it holds, but for bytes. */
export function deepFreeze(value: unknown, seen = new Set<unknown>()): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value))
    return value;
  seen.add(value);
  if (value instanceof Set || value instanceof Map)
    for (const [name, member] of value.entries()) deepFreeze([name, member], seen);
  for (const member of Object.values(value)) deepFreeze(member, seen);
  return frozen(value);
}

/** Whether a value holds bytes, which cannot be frozen. */
export function holdsBytes(plain: unknown): boolean {
  if (typeof plain !== 'object' || plain === null) return false;
  if (plain instanceof Uint8Array) return true;
  return plain instanceof Set ? [...plain].some(holdsBytes) : Object.values(plain).some(holdsBytes);
}

function refuse(): never {
  throw new TypeError('attributes are read-only: make a copy of your own');
}

const REFUSED = Object.fromEntries(
  ['add', 'set', 'delete', 'clear'].map((name) => [name, { value: refuse }]),
);

/** Freezing leaves the members of a set or a map as they are; without its own methods they cannot be changed either. */
function frozen<T extends object>(value: T): T {
  if ((value instanceof Set || value instanceof Map) && !Object.isFrozen(value))
    Object.defineProperties(value, REFUSED);
  return Object.freeze(value);
}

/** The JavaScript number that holds a number exactly; undefined where none does. */
export function numberOf(value: Decimal): number | undefined {
  const number = Number(value.text);
  const isExact = Number.isFinite(number) && value.equals(Decimal.parse(String(number)) as Decimal);
  return isExact ? number : undefined;
}

function exactNumber(value: Decimal, path: string): number {
  const number = numberOf(value);
  if (number !== undefined) return number;
  throw new Fault(
    'permanent',
    `${path} is ${value.text}, which a JavaScript number does not hold exactly: ask for exact numbers with numbers: 'exact'`,
    { reason: `${withoutPlaces(path)} is a number that a JavaScript number does not hold exactly` },
  );
}

/**
 * What a function of a definition has returned, as a value of the table. Members of objects that are undefined are left
 * out, as the document client does with `removeUndefinedValues`.
 *
 * @param path what to call the value in messages; empty where its members are to be called by their names alone.
 * @throws Fault `permanent` for what no table can hold.
 */
export function fromPlain(plain: unknown, path: string, depth = 0): Value {
  if (depth > MAX_DEPTH) throw unstorable(path, `is nested more than ${MAX_DEPTH} levels deep`);
  if (typeof plain === 'string') return wellFormed(plain, path);
  if (plain === null || typeof plain === 'boolean') return plain;
  if (typeof plain === 'number' || typeof plain === 'bigint') return decimalOf(String(plain), path);
  if (Decimal.is(plain)) return decimalOf(plain.text, path);
  if (plain instanceof Uint8Array) return new Uint8Array(plain);
  if (plain instanceof Set) return setOf(plain, path, depth);
  if (Array.isArray(plain))
    // Not `map`, which leaves holes out.
    return Array.from<unknown, Value>(plain, (member, index) =>
      fromPlain(member, `${path}[${index}]`, depth + 1),
    );
  if (!isPlainObject(plain)) throw unstorable(path, `is ${kindOf(plain)}, which no table can hold`);
  const object = Object.create(null) as Record<string, Value>;
  for (const [name, member] of Object.entries(plain)) {
    const where = path === '' ? wellFormed(name, 'a name') : `${path}.${wellFormed(name, 'a name')}`;
    if (member !== undefined) object[name] = fromPlain(member, where, depth + 1);
  }
  return object;
}

/** DynamoDB's own limit on nesting. */
const MAX_DEPTH = 32;

/** Whether a value is an object as a literal makes it, and not of a class. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The second: the usual prototype, of any realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether somebody would have to wait for a value. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** What to call a value in messages: `undefined`, `a string`, `a Date`. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (isPromise(value)) return 'a promise';
  if (Array.isArray(value)) return 'an array';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (isPlainObject(value)) return 'an object';
  const { constructor } = value;
  return typeof constructor === 'function' && constructor.name !== ''
    ? `a ${constructor.name}`
    : 'an object of a class';
}

function wellFormed(text: string, path: string): string {
  if (text.isWellFormed()) return text;
  throw unstorable(path, 'is not well-formed Unicode, which no table can hold');
}

function decimalOf(text: string, path: string): Decimal {
  const decimal = Decimal.parse(text);
  if (decimal?.isStorable()) return decimal;
  throw unstorable(path, `is ${text}, which no table can hold`, 'is a number that no table can hold');
}

function setOf(set: ReadonlySet<unknown>, path: string, depth: number): ValueSet {
  const members = [...set].map((member) => fromPlain(member, path, depth + 1));
  if (members.length === 0) throw unstorable(path, 'is an empty set, which no table can hold');
  if (!['string', 'number', 'bytes'].some((type) => members.every((member) => setTypeOf(member) === type)))
    throw unstorable(path, 'is a set of something else than strings, numbers or bytes, all of one type');
  // `1` and `1n` are two members of a JavaScript set, and one of the table's.
  return new ValueSet([
    ...new Map(members.map((member) => [canonicalText(member), member as SetMember])).values(),
  ]);
}

function setTypeOf(member: Value): 'string' | 'number' | 'bytes' | undefined {
  if (typeof member === 'string') return 'string';
  if (member instanceof Decimal) return 'number';
  return member instanceof Uint8Array ? 'bytes' : undefined;
}

function unstorable(path: string, problem: string, reason = problem): Fault {
  const what = path === '' ? 'what it returned' : path;
  return new Fault('permanent', `${what} ${problem}`, { reason: `${withoutPlaces(what)} ${reason}` });
}

/** The same for all members of a list. */
function withoutPlaces(path: string): string {
  return path.replace(/\[\d+\]/g, '[]');
}
