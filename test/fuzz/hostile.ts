import type { Random } from '../../src/random/random.ts';
import { type Json, type JsonObject, put } from './json.ts';

/** Names that mean something to JavaScript, to JSON, to the worker or to nobody. */
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'toJSON',
  'then',
  'length',
  '',
  ' ',
  '\0',
  '\ud800',
  'a.b',
  '0',
  'PK',
  'SK',
  'S',
  'image_id',
  'aws:rep:updateregion',
];

const STRINGS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\u2028',
  '\ufeff',
  'é',
  '𝄞',
  '__proto__',
  'null',
  'undefined',
  '#',
  'DETAIL#',
  'IMG#',
  '%',
  '${1}',
];

const NUMBERS = [
  '0',
  '-0',
  '-1',
  '1.0',
  '10e-1',
  '1E+400',
  '1E-400',
  '9'.repeat(40),
  '9'.repeat(300),
  `0.${'0'.repeat(200)}1`,
  `1e${'9'.repeat(300)}`,
  '007',
  '+1',
  '.5',
  '5.',
  '.',
  '',
  ' ',
  ' 1',
  '1\n',
  '1e',
  'e5',
  '--1',
  '0x10',
  '1,5',
  '1_000',
  '1n',
  '１２',
  'NaN',
  'Infinity',
  '-Infinity',
  'null',
];

const BINARIES = [
  '',
  'AA==',
  'AAA=',
  'AAAA',
  'AB==',
  '=',
  'A',
  'AA',
  'AA=',
  'A===',
  '====',
  'AA==AA==',
  'AA\n==',
  'AAAA ',
  '-_-_',
  'ÄÖÜß',
];

/** What JSON can hold and nothing here expects; 1e999 in JSON text is Infinity. */
const ODDITIES: readonly (() => Json)[] = [
  () => null,
  () => true,
  () => false,
  () => 0,
  () => -0,
  () => -1,
  () => 1.5,
  () => 2 ** 53,
  () => Infinity,
  () => -Infinity,
  () => [],
  () => [[]],
  () => [null],
  () => ({}),
  () => ({ S: 'x' }),
  () => ({ N: '1' }),
  () => ({ M: {} }),
  () => ({ length: 3 }),
  () => JSON.parse('{"__proto__":{"polluted":true}}') as Json,
  () => JSON.parse('{"constructor":{"prototype":{"polluted":true}}}') as Json,
  () => JSON.parse('{"toString":null,"valueOf":1,"toJSON":"x","then":{}}') as Json,
];

const TAGS = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'] as const;
const WRONG_TAGS = ['s', 'n', 'X', '', '__proto__', 'constructor', 'toString', 'MM', 'S ', 'Ｓ'];

/** Around the bounds of DynamoDB (32) and of the decoder, and where stacks end. */
const DEPTHS: readonly (readonly [weight: number, levels: number])[] = [
  [4, 33],
  [4, 63],
  [4, 64],
  [4, 65],
  [4, 66],
  [4, 200],
  [3, 2_000],
  [2, 8_000],
  [1, 30_000],
];

const HUGE_LENGTHS = [1_000, 60_000, 400_000];

export function hostileName(random: Random): string {
  return random.pick(NAMES);
}

export function hostileString(random: Random): string {
  return random.chance(0.01) ? 'x'.repeat(random.pick(HUGE_LENGTHS)) : random.pick(STRINGS);
}

/** Anything but what belongs there. */
export function oddity(random: Random): Json {
  return random.chance(0.3) ? hostileString(random) : random.pick(ODDITIES)();
}

/** An attribute value: right, nearly right or quite wrong. */
export function attributeValue(random: Random, depth = 0): Json {
  return random.weighted<() => Json>([
    [60, () => tagged(random, depth)],
    [8, () => ({ [random.pick(TAGS)]: oddity(random) })],
    [6, () => single(random.pick(WRONG_TAGS), 'x')],
    [6, () => ({ S: 'x', [random.pick(TAGS)]: content(random, 'N', depth) })],
    [6, () => oddity(random)],
    [1, () => deepValue(random)],
  ])();
}

/** Thousands of levels, of lists, of maps or of both; as attribute values or as nothing in particular. */
export function deepValue(random: Random): Json {
  const asAttributes = random.chance(0.8);
  const name = hostileName(random);
  const shape = random.int(0, 2);
  let value: Json = asAttributes ? { S: 'core' } : 'core';
  for (let level = random.weighted(DEPTHS); level > 0; level--) {
    const asList = shape === 0 || (shape === 2 && level % 2 === 0);
    const inner: Json = asList ? [value] : single(name, value);
    value = asAttributes ? { [asList ? 'L' : 'M']: inner } : inner;
  }
  return value;
}

function tagged(random: Random, depth: number): Json {
  const tag = random.pick(TAGS);
  return { [tag]: content(random, tag, depth) };
}

function content(random: Random, tag: (typeof TAGS)[number], depth: number): Json {
  switch (tag) {
    case 'S':
      return hostileString(random);
    case 'N':
      return random.pick(NUMBERS);
    case 'B':
      return random.pick(BINARIES);
    case 'BOOL':
      return random.chance(0.8) ? random.chance(0.5) : oddity(random);
    case 'NULL':
      return random.chance(0.8) || oddity(random);
    case 'SS':
      return setOf(random, () => hostileString(random));
    case 'NS':
      return setOf(random, () => random.pick(NUMBERS));
    case 'BS':
      return setOf(random, () => random.pick(BINARIES));
    case 'L':
      return many(random, depth, () => attributeValue(random, depth + 1));
    case 'M': {
      const map: JsonObject = {};
      for (const value of many(random, depth, () => attributeValue(random, depth + 1)))
        put(map, hostileName(random), value);
      return map;
    }
  }
}

/** None, one, several, the same twice, some of another type, or a great many. */
function setOf(random: Random, member: () => Json): Json[] {
  const members = Array.from({ length: random.int(0, 3) }, member);
  // Many short ones only: no event has room for many long ones.
  if (random.chance(0.005)) return new Array<Json>(20_000).fill(random.pick(NUMBERS.slice(0, 6)));
  if (random.chance(0.2)) members.push(...members);
  if (random.chance(0.1)) members.push(oddity(random));
  return members;
}

function many(random: Random, depth: number, one: () => Json): Json[] {
  return Array.from({ length: depth > 3 ? 0 : random.int(0, 3) }, one);
}

function single(name: string, value: Json): JsonObject {
  const object: JsonObject = {};
  put(object, name, value);
  return object;
}
