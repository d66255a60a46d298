import { Decimal } from '../../domain/decimal.ts';
import { toPlain } from '../../domain/plain-value.ts';
import { type Value, ValueSet } from '../../domain/value.ts';
import type { Random } from '../../random/random.ts';
import type { Asked } from './asked.ts';

/*
 * Values of which few are chosen for each attribute, so that rows meet, and go back to what they were. Among them those that
 * careless code damages: equal numbers that are written differently, blanks around texts, names that every object has.
 */

const numbers = (texts: string): readonly Decimal[] =>
  texts.split(' ').map((text) => Decimal.parse(text) as Decimal);
const bytes = (...values: number[]) => Uint8Array.from(values);

export const TEXTS: readonly string[] = [
  ...['a', 'b', 'ab', 'bc', 'c', ' a ', 'a:b', 'a#b', '%2F', 'é', '😀', '1'],
  ...['__proto__', 'constructor', 'null'],
];
const BLANKS: readonly string[] = ['', ' ', '\t'];

/** All of them are multiples of 1e-9 and below 1e21: sums of them never need more digits than a table can hold. */
export const AMOUNTS = numbers(
  '1 1.0 10e-1 2 -1 0 -0.5 2.50 2.5 100 1e2 -0.000000001 12345678901234567890.123456789 -12345678901234567890.123456789',
);
const NUMBERS: readonly Decimal[] = [
  ...AMOUNTS,
  ...numbers('12345678901234567890123456789012345678 1e-130 -9.9999999999999999999999999999999999999e125'),
];

function map(entries: Readonly<Record<string, Value>>): Value {
  return Object.assign(Object.create(null) as Record<string, Value>, entries);
}

const LISTS: readonly (readonly Value[])[] = [[], ['a'], ['a', 'b'], ['b', 'a'], [null, true, 'a']];
const SETS: readonly ValueSet[] = [
  new ValueSet(['a', 'b']),
  new ValueSet(['b', 'a']),
  new ValueSet(['a']),
  new ValueSet(numbers('1 2.0')),
  new ValueSet([bytes(1), bytes(0, 255)]),
];
const BYTES: readonly Uint8Array[] = [bytes(), bytes(0, 255, 128), bytes(1)];
const OTHERS: readonly Value[] = [
  ...[null, true, false],
  ...BYTES,
  ...[map({}), map({ a: 'b', ['constructor']: map({ name: 'x' }) })],
];

/** Any value that an attribute can have. */
export function anyValue(random: Random, some = NUMBERS): Value {
  return random.pick<Value>(
    random.weighted<readonly Value[]>([
      [4, TEXTS],
      [1, BLANKS],
      [3, some],
      [1, LISTS],
      [1, SETS],
      [2, OTHERS],
    ]),
  );
}

/** What makes a row one that is not counted, or counted under less, where texts are asked for. */
export function oddText(random: Random): Value {
  return random.pick([...BLANKS, ' a ', null, Decimal.parse('1') as Decimal, new ValueSet(['a'])]);
}

/**
 * A value for what functions do with it.
 *
 * @param literals texts that stand in the functions: what they compare with, some of them.
 */
export function valueFor(asked: Asked, literals: readonly string[], random: Random, depth = 0): Value {
  const { hints, members } = asked;
  const texts = literals.length > 0 && random.chance(0.6) ? literals : TEXTS;
  if (members.size > 0 && depth < 5 && random.chance(0.9)) {
    const value = Object.create(null) as Record<string, Value>;
    for (const [name, member] of members)
      if (random.chance(0.9)) value[name] = valueFor(member, literals, random, depth + 1);
    return value;
  }
  const hint = hints.size === 0 ? undefined : random.pick([...hints]);
  const member = () => valueFor(asked.elements, literals, random, depth + 1);
  if (hint === 'text') return random.pick(texts);
  if (hint === 'number') return random.pick(AMOUNTS);
  if (hint === 'bytes') return random.pick(BYTES);
  if (hint === 'set') return random.chance(0.8) ? setOf(asked.elements, texts, random) : random.pick(SETS);
  if (hint === 'one of several' && random.chance(0.3))
    return random.chance(0.6) ? setOf(asked.elements, texts, random) : random.pick(LISTS);
  if (hint === 'map' && depth < 5) {
    const value = Object.create(null) as Record<string, Value>;
    for (let count = random.int(0, 3); count > 0; count--) value[random.pick(texts)] = member();
    return value;
  }
  if (hint === 'list')
    return depth < 5 && random.chance(0.8)
      ? Array.from({ length: random.int(0, 3) }, member)
      : random.pick(LISTS);
  return random.weighted<() => Value>([
    [4, () => random.pick(texts)],
    [3, () => random.pick(AMOUNTS)],
    [1, () => random.pick([true, false])],
    [1, () => anyValue(random, AMOUNTS)],
  ])();
}

/** A set of few members, all of one type, for what functions do with them. */
function setOf({ hints }: Asked, texts: readonly string[], random: Random): ValueSet {
  const isOfNumbers = random.chance(hints.has('number') ? 0.8 : hints.has('text') ? 0 : 0.4);
  const members: readonly (string | Decimal)[] = isOfNumbers ? AMOUNTS : texts;
  const byText = new Map<string, string | Decimal>();
  for (let count = random.int(1, 3); count > 0; count--) {
    const one = random.pick(members);
    // Numbers that are written differently are one member.
    byText.set(one instanceof Decimal ? one.canonical : one, one);
  }
  return new ValueSet([...byText.values()]);
}

/** Whether a JavaScript number holds each number in a value exactly: functions are given no others, unless they ask. */
export function isPlain(value: Value): boolean {
  try {
    toPlain(value, 'plain', '');
    return true;
  } catch {
    return false;
  }
}
