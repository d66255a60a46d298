import { Decimal } from '../../domain/decimal.ts';
import { numberOf } from '../../domain/plain-value.ts';
import { type SetMember, type Value, ValueSet } from '../../domain/value.ts';

/** What values at one place are. */
export interface ValueType {
  /** How many there were. */
  readonly count: number;
  /** How often each text was seen; undefined where there are many, or none. */
  readonly texts: ReadonlyMap<string, number> | undefined;
  readonly plain: ReadonlySet<'string' | 'number' | 'boolean' | 'null' | 'bytes'>;
  readonly sets: ReadonlySet<'string' | 'number' | 'bytes'>;
  /** What the members of lists are; undefined where there were no lists. */
  readonly list: ValueType | undefined;
  readonly object: ObjectType | undefined;
}

export interface ObjectType {
  /** How many objects there were. */
  readonly count: number;
  /** By name; `__proto__` may be one. */
  readonly members: ReadonlyMap<string, ValueType>;
  /** Whether the names are data, as in a map from a day to a sum. */
  readonly isDictionary: boolean;
  /** What all members are together. */
  readonly member: ValueType;
}

/** Texts are remembered up to so many, and only short ones. */
const MOST_TEXTS = 24;
const LONGEST_TEXT = 32;
/** An object with more names than this, most of them rare, is a dictionary. */
const MOST_NAMES = 40;

export class TypeOfValues implements ValueType {
  count = 0;
  texts: Map<string, number> | undefined = new Map();
  readonly plain = new Set<'string' | 'number' | 'boolean' | 'null' | 'bytes'>();
  readonly sets = new Set<'string' | 'number' | 'bytes'>();
  list: TypeOfValues | undefined;
  object: TypeOfObjects | undefined;
  /** Whether a number among them, however deep, is one that JavaScript does not hold exactly. */
  isInexact = false;

  add(value: Value): void {
    this.count++;
    if (typeof value === 'string') this.#addText(value);
    else if (typeof value === 'boolean') this.plain.add('boolean');
    else if (value === null) this.plain.add('null');
    else if (value instanceof Decimal) this.#addNumber(value, this.plain);
    else if (value instanceof Uint8Array) this.plain.add('bytes');
    else if (value instanceof ValueSet) for (const member of value.members) this.#addMember(member);
    else if (Array.isArray(value)) this.#addList(value as readonly Value[]);
    else {
      this.object ??= new TypeOfObjects();
      this.object.add(Object.entries(value));
      this.isInexact ||= this.object.isInexact;
    }
  }

  #addText(text: string): void {
    this.plain.add('string');
    if (this.texts === undefined) return;
    this.texts.set(text, (this.texts.get(text) ?? 0) + 1);
    if (this.texts.size > MOST_TEXTS || text.length > LONGEST_TEXT) this.texts = undefined;
  }

  #addNumber(value: Decimal, kinds: Set<'number'> | Set<string>): void {
    (kinds as Set<string>).add('number');
    this.isInexact ||= numberOf(value) === undefined;
  }

  #addMember(member: SetMember): void {
    if (typeof member === 'string') this.sets.add('string');
    else if (member instanceof Decimal) this.#addNumber(member, this.sets);
    else this.sets.add('bytes');
  }

  #addList(members: readonly Value[]): void {
    this.list ??= new TypeOfValues();
    for (const member of members) this.list.add(member);
    this.isInexact ||= this.list.isInexact;
  }
}

export class TypeOfObjects implements ObjectType {
  count = 0;
  readonly members = new Map<string, TypeOfValues>();
  readonly member = new TypeOfValues();
  isInexact = false;

  add(entries: Iterable<readonly [string, Value]>): void {
    this.count++;
    for (const [name, value] of entries) {
      let type = this.members.get(name);
      if (type === undefined) this.members.set(name, (type = new TypeOfValues()));
      type.add(value);
      this.member.add(value);
      this.isInexact ||= type.isInexact;
    }
  }

  get isDictionary(): boolean {
    if (this.members.size <= MOST_NAMES) return false;
    return [...this.members.values()].filter(({ count }) => 10 * count < this.count).length > MOST_NAMES / 2;
  }
}

/** Short words that are written often: the values that a programmer has thought of. */
export function wordsOf({ texts, plain, count }: ValueType): readonly string[] | undefined {
  if (texts === undefined || texts.size === 0 || !plain.has('string')) return undefined;
  const seen = [...texts.values()].reduce((sum, times) => sum + times, 0);
  const isOften = texts.size <= 8 && seen >= 20 && seen >= 10 * texts.size && 2 * seen >= count;
  const words = [...texts.keys()];
  const forms = new Set(words.map((word) => word.replace(/\d+/g, '0')));
  // Those that differ by a number alone are counted, and more will come: v1, v2.
  const areAll = forms.size === words.length && words.every((word) => WORD.test(word));
  return isOften && areAll ? words : undefined;
}

const WORD = /^[A-Za-z][\w-]*$/;
