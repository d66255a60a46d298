const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** From the first digit that is not 0 to the last. Linear in the length of any string of digits. */
const SIGNIFICANT = /[1-9](?:\d*[1-9])?/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

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

  /** Reads a decimal or scientific notation; undefined when the text is not a number (`NaN`, `1,5`, an empty string). */
  static parse(text: string): Decimal | undefined {
    if (JSON_NUMBER.test(text)) return new Decimal(text);
    const canonical = canonicalise(text);
    return canonical === undefined ? undefined : new Decimal(canonical);
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

  toString(): string {
    return this.text;
  }
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
