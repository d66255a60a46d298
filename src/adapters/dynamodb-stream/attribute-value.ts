import { Decimal } from '../../domain/decimal.ts';
import { Fault } from '../../domain/fault.ts';
import {
  type Attributes,
  equalAttributes,
  type SetMember,
  type Value,
  ValueSet,
} from '../../domain/value.ts';

/** DynamoDB itself allows 32 levels. The bound keeps hostile input from exhausting the stack. */
const MAX_DEPTH = 64;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Decodes one attribute value (`{"S": "string"}`) without losing anything: numbers keep every digit, sets stay
 * sets, and an attribute named `__proto__` is an attribute. Wherever `unmarshall` of `@aws-sdk/util-dynamodb` loses
 * nothing, both give the same: a test compares them.
 *
 * @param path where the value is, for the message.
 * @throws Fault `permanent` when the value is malformed.
 */
export function decodeValue(encoded: unknown, path: string, depth = 0): Value {
  if (depth > MAX_DEPTH) throw malformed(path, `is nested more than ${MAX_DEPTH} levels deep`);
  if (typeof encoded !== 'object' || encoded === null) throw malformed(path, 'is not an attribute value');
  const types = Object.keys(encoded);
  const [type] = types;
  if (type === undefined || types.length > 1)
    throw malformed(path, 'must hold exactly one type and its value');
  const content = (encoded as Record<string, unknown>)[type];
  switch (type) {
    case 'S':
      return text(content, path);
    case 'N':
      return number(content, path);
    case 'BOOL':
      if (typeof content !== 'boolean') throw malformed(path, 'is a BOOL that is neither true nor false');
      return content;
    case 'NULL':
      if (content !== true) throw malformed(path, 'is a NULL that is not true');
      return null;
    case 'B':
      return bytes(content, path);
    case 'SS':
      return set(content, path, text);
    case 'NS':
      return set(content, path, number);
    case 'BS':
      return set(content, path, bytes);
    case 'L':
      return list(content, path).map((element, index) =>
        decodeValue(element, `${path}[${index}]`, depth + 1),
      );
    case 'M': {
      const map = Object.create(null) as Record<string, Value>;
      for (const [name, value] of Object.entries(record(content, path)))
        map[name] = decodeValue(value, `${path}.${name}`, depth + 1);
      return map;
    }
    default:
      throw malformed(path, `has the unknown type ${JSON.stringify(type.slice(0, 20))}`);
  }
}

/** A row image whose attributes are decoded when they are asked for. */
export class EncodedAttributes implements Attributes {
  readonly #encoded: Readonly<Record<string, unknown>>;
  readonly #keys: Readonly<Record<string, unknown>>;
  readonly #side: string;
  #decoded: Map<string, Value> | undefined;

  /**
   * @param keys the row's keys, which complete an image that leaves them out.
   * @param side what to call the image in messages: `NewImage` or `OldImage`.
   */
  constructor(encoded: object, keys: object, side: string) {
    this.#encoded = encoded as Record<string, unknown>;
    this.#keys = keys as Record<string, unknown>;
    this.#side = side;
  }

  get(name: string): Value | undefined {
    if (this.#decoded !== undefined) return this.#decoded.get(name);
    const plain = plainText(this.#encoded[name]);
    if (plain !== undefined) return plain;
    const source = Object.hasOwn(this.#encoded, name) ? this.#encoded : this.#keys;
    return Object.hasOwn(source, name) ? decodeValue(source[name], `${this.#side}.${name}`) : undefined;
  }

  all(): ReadonlyMap<string, Value> {
    this.#decoded ??= new Map(
      [...Object.entries(this.#keys), ...Object.entries(this.#encoded)].map(([name, value]) => [
        name,
        decodeValue(value, `${this.#side}.${name}`),
      ]),
    );
    return this.#decoded;
  }

  equals(other: Attributes): boolean {
    // A record that is delivered again has the same JSON; comparing it must not fail for an attribute that nobody reads.
    if (other instanceof EncodedAttributes && isSameJson(other.#encoded, this.#encoded)) return true;
    return equalAttributes(this, other);
  }
}

/**
 * The string of `{"S": "string"}`, as most attributes are, without making a path, which only errors need. Saves 0.8 of
 * the 2.3 µs that it takes to route, decode and decide a record.
 */
function plainText(encoded: unknown): string | undefined {
  if (typeof encoded !== 'object' || encoded === null) return undefined;
  const { S: content } = encoded as { readonly S?: unknown };
  if (typeof content !== 'string') return undefined;
  for (const type in encoded) if (type !== 'S') return undefined;
  return content;
}

function isSameJson(a: object, b: object): boolean {
  try {
    return JSON.stringify(a) === JSON.stringify(b);
  } catch {
    // Nested too deeply even for that: decoding says so, with the path.
    return false;
  }
}

function text(content: unknown, path: string): string {
  if (typeof content !== 'string') throw malformed(path, 'is an S that is not a string');
  return content;
}

function number(content: unknown, path: string): Decimal {
  if (typeof content === 'number')
    throw malformed(
      path,
      `is the number ${content}, which must be a string in DynamoDB's JSON: "${content}", as in {"N":"${content}"}`,
    );
  const decimal = typeof content === 'string' ? Decimal.parse(content) : undefined;
  if (decimal === undefined)
    throw malformed(
      path,
      'is not a valid number',
      `: ${typeof content === 'string' ? JSON.stringify(content.slice(0, 60)) : typeof content}`,
    );
  return decimal;
}

function bytes(content: unknown, path: string): Uint8Array {
  const decoded = bytesOf(content);
  if (decoded === undefined) throw malformed(path, 'is binary but not base64');
  return decoded;
}

/** The content of a B: JSON has base64, the SDK bytes. Undefined where it is neither. */
export function bytesOf(content: unknown): Uint8Array | undefined {
  if (content instanceof Uint8Array) return content;
  return typeof content === 'string' && BASE64.test(content) ? Buffer.from(content, 'base64') : undefined;
}

function set(content: unknown, path: string, member: (item: unknown, path: string) => SetMember): ValueSet {
  return new ValueSet(list(content, path).map((item, index) => member(item, `${path}[${index}]`)));
}

function list(content: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(content)) throw malformed(path, 'is a list or set that is not an array');
  return content as unknown[];
}

function record(content: unknown, path: string): object {
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw malformed(path, 'is a map that is not an object');
  return content;
}

/** @param found what this value holds, left out of the Fault's reason. */
function malformed(path: string, problem: string, found = ''): Fault {
  return new Fault('permanent', `${path.length > 200 ? `${path.slice(0, 200)}…` : path} ${problem}${found}`, {
    // The attribute, wherever within it the problem is: `NewImage.model`.
    reason: `${path.split(/[.[]/, 2).join('.')} ${problem}`,
  });
}
