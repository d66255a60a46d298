import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';

/** Parsed JSON whose numbers are LosslessNumber. */
export type Json = unknown;

/** JSON as the server reads it: numbers keep the digits that it keeps. Throws what is wrong with the text. */
export function readJson(text: string): Json {
  const value = parse(text, undefined, (digits) => new LosslessNumber(keptDigits(digits)));
  if (/\\u[dD][89a-fA-F]/.test(text) && !areAllWellFormed(value))
    throw new SyntaxError('surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF');
  return value;
}

export function writeJson(value: Json): string {
  return stringify(value) ?? 'null';
}

/**
 * What is left of a number: integers of 64 bits are kept, with a sign or without, all else becomes a double. A document
 * keeps what was parsed of it, whatever the index makes of a field (nlohmann::json, in src/collection.cpp:245).
 */
export function keptDigits(digits: string): string {
  if (/^-?\d+$/.test(digits)) {
    const integer = BigInt(digits);
    if (integer >= -(2n ** 63n) && integer < 2n ** 64n) return String(integer);
  }
  const double = Number(digits);
  if (!Number.isFinite(double)) throw new SyntaxError(`number overflow parsing '${digits}'`);
  const text = String(double);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** Whether a value is a number without a point or an exponent, which alone fits into int32 and int64. */
export function isInteger(value: Json): boolean {
  return isLosslessNumber(value) && /^-?\d+$/.test(value.value);
}

export function isNumber(value: Json): boolean {
  return isLosslessNumber(value);
}

export function isRecord(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

function areAllWellFormed(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return value.every(areAllWellFormed);
  return !isRecord(value) || Object.entries(value).every((entry) => entry.every(areAllWellFormed));
}
