const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** From the first digit that is not 0 to the last. Linear in the length of any string of digits. */
const SIGNIFICANT = /[1-9](?:\d*[1-9])?/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Marks a Decimal of any copy of this module, as a Fault is marked: users' numbers may come from another copy. */
const BRAND = Symbol.for('contrail.Decimal');

/**
 * A decimal number kept as a string, so that no digit is lost on the way from the table to a search document.
 * DynamoDB numbers have up to 38 digits and exponents up to 125, beyond what a JavaScript number holds.
 */
export class Decimal {
  /** The number as a valid JSON number: the source's own digits wherever those are valid JSON. */
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  get [BRAND](): true {
    return true;
  }

  /** Whether a user's value is one, of whatever copy of this module. Its text is what is common to all copies. */
  static is(value: unknown): value is Pick<Decimal, 'text'> {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** Reads a decimal or scientific notation; undefined when the text is not a number (`NaN`, `1,5`, an empty string). */
  static parse(text: string): Decimal | undefined {
    if (JSON_NUMBER.test(text)) return new Decimal(text);
    const canonical = canonicalise(text);
    return canonical === undefined ? undefined : new Decimal(canonical);
  }

  /** As JavaScript's own number, where that is written with the very same digits; undefined elsewhere. */
  get short(): number | undefined {
    const number = Number(this.text);
    return String(number) === this.text ? number : undefined;
  }

  /** One string per number, however it was written: `1`, `1.0` and `10e-1` have the same. */
  get canonical(): string {
    // Never undefined: the text has been parsed once already.
    return canonicalise(this.text) as string;
  }

  /** Numeric equality: `1`, `1.0` and `10e-1` are equal. */
  equals(other: Decimal): boolean {
    return this.text === other.text || this.canonical === other.canonical;
  }

  /** Whether a table can hold it: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
  isStorable(): boolean {
    const [digits = '', exponent = '0'] = this.canonical.replace(/^-/, '').split('e');
    const magnitude = BigInt(exponent) + BigInt(digits.length) - 1n;
    return digits.length <= 38 && magnitude >= -130n && magnitude <= 125n;
  }

  /** One string per number, of all its digits and without an exponent. It must be storable, as for `plus`. */
  get digits(): string {
    const { digits, exponent } = scaled(this.canonical);
    return inFull(digits, exponent);
  }

  /** The exact sum. Both must be storable: the digits of a huge exponent would be as many. */
  plus(other: Decimal): Decimal {
    const { a, b, exponent } = aligned(this, other);
    return new Decimal(inFull(a + b, exponent));
  }

  /** Below 0 where it is the smaller of the two, above where the larger. Both must be storable, as for `plus`. */
  compare(other: Decimal): number {
    const { a, b } = aligned(this, other);
    return Number(a > b) - Number(a < b);
  }

  negated(): Decimal {
    if (this.isZero()) return this;
    return new Decimal(this.text.startsWith('-') ? this.text.slice(1) : `-${this.text}`);
  }

  isZero(): boolean {
    return this.canonical === '0';
  }

  toString(): string {
    return this.text;
  }
}

/** Two numbers as integers, with one exponent for both. */
function aligned(one: Decimal, other: Decimal) {
  const [a, b] = [scaled(one.canonical), scaled(other.canonical)];
  const exponent = a.exponent < b.exponent ? a.exponent : b.exponent;
  return {
    a: a.digits * 10n ** (a.exponent - exponent),
    b: b.digits * 10n ** (b.exponent - exponent),
    exponent,
  };
}

function inFull(digits: bigint, exponent: bigint): string {
  return exponent >= 0n ? String(digits * 10n ** exponent) : withPoint(digits, -exponent);
}

/** An integer of which some digits stand behind the point. */
function withPoint(integer: bigint, places: bigint): string {
  const digits = String(integer < 0n ? -integer : integer).padStart(Number(places) + 1, '0');
  const at = digits.length - Number(places);
  const fraction = digits.slice(at).replace(/0+$/, '');
  return `${integer < 0n ? '-' : ''}${digits.slice(0, at)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Digits and an exponent of a canonical text. */
function scaled(canonical: string): { readonly digits: bigint; readonly exponent: bigint } {
  const [digits = '0', exponent = '0'] = canonical.split('e');
  return { digits: BigInt(digits), exponent: BigInt(exponent) };
}

/** One string per number: the digits without surrounding zeros and an exponent, which is itself a JSON number. */
function canonicalise(text: string): string | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  if (digits === '') return undefined;
  const significant = SIGNIFICANT.exec(digits);
  if (significant === null) return '0';
  const trailingZeros = digits.length - significant.index - significant[0].length;
  // A BigInt, because an exponent may have any length and must not be rounded.
  const scale = BigInt(exponent) - BigInt(fraction.length) + BigInt(trailingZeros);
  return `${sign === '-' ? '-' : ''}${significant[0]}e${scale}`;
}
