import type { Random } from '../../random/random.ts';

/** A registration mark, and what follows from it. */
export interface RegistrationMark {
  readonly registry: 'FAA' | 'FOREIGN';
  readonly registration: string;
  /** The transponder's address, six hexadecimal digits. */
  readonly icao24: string;
  readonly country: string;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';

/** Without I and O, which read like 1 and 0. */
const FAA_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const FAA_FIRST_ADDRESS = 0xa00001;
/** How many marks begin with one, two, three, four given digits; and how many endings of letters there are. */
const FAA_BUCKETS = [101_711, 10_111, 951, 35] as const;
const FAA_ENDINGS = 601;
/** N1 to N99999, with all endings: the addresses a00001 to adf7c7. */
const FAA_MARKS = 9 * FAA_BUCKETS[0];

/** Any of the marks that the FAA can give. */
export function faaMark(random: Random): RegistrationMark {
  return faaMarkAt(random.int(0, FAA_MARKS - 1));
}

/** The mark at a place in the FAA's order, which is also the order of the addresses. */
export function faaMarkAt(place: number): RegistrationMark {
  const icao24 = (FAA_FIRST_ADDRESS + place).toString(16);
  return { registry: 'FAA', registration: `N${faaBody(place)}`, icao24, country: 'United States' };
}

function faaBody(place: number): string {
  let body = '';
  let rest = place;
  for (const bucket of FAA_BUCKETS) {
    const digit = Math.floor(rest / bucket);
    body += String(body === '' ? digit + 1 : digit);
    rest %= bucket;
    if (bucket === FAA_BUCKETS[3]) break;
    if (rest < FAA_ENDINGS) return body + faaEnding(rest);
    rest -= FAA_ENDINGS;
  }
  // After four digits there is room for nothing, one letter or one digit.
  if (rest <= FAA_LETTERS.length) return body + FAA_LETTERS.charAt(rest - 1);
  return body + String(rest - FAA_LETTERS.length - 1);
}

/** Nothing, one letter, or two. */
function faaEnding(place: number): string {
  if (place === 0) return '';
  const second = (place - 1) % (FAA_LETTERS.length + 1);
  const first = Math.floor((place - 1) / (FAA_LETTERS.length + 1));
  return FAA_LETTERS.charAt(first) + FAA_LETTERS.charAt(second - 1);
}

interface Country {
  readonly name: string;
  readonly prefixes: readonly string[];
  /** What follows the prefix: `A` stands for a letter, `0` for a digit. */
  readonly body: string;
  readonly addresses: readonly [from: number, to: number];
}

const COUNTRIES: readonly Country[] = [
  { name: 'United Kingdom', prefixes: ['G-'], body: 'AAAA', addresses: [0x400000, 0x43ffff] },
  {
    name: 'Germany',
    prefixes: ['D-A', 'D-E', 'D-E', 'D-H', 'D-K'],
    body: 'AAA',
    addresses: [0x3c0000, 0x3fffff],
  },
  { name: 'Canada', prefixes: ['C-F', 'C-G'], body: 'AAA', addresses: [0xc00000, 0xc3ffff] },
  { name: 'Australia', prefixes: ['VH-'], body: 'AAA', addresses: [0x7c0000, 0x7fffff] },
  { name: 'France', prefixes: ['F-G', 'F-H'], body: 'AAA', addresses: [0x380000, 0x3bffff] },
  { name: 'Switzerland', prefixes: ['HB-'], body: 'AAA', addresses: [0x4b0000, 0x4b7fff] },
  { name: 'Österreich', prefixes: ['OE-'], body: 'AAA', addresses: [0x440000, 0x447fff] },
  { name: 'Japan', prefixes: ['JA'], body: '000A', addresses: [0x840000, 0x87ffff] },
  { name: 'Brasil', prefixes: ['PP-', 'PR-', 'PT-'], body: 'AAA', addresses: [0xe40000, 0xe7ffff] },
  { name: 'New Zealand', prefixes: ['ZK-'], body: 'AAA', addresses: [0xc80000, 0xc87fff] },
  { name: 'Sverige', prefixes: ['SE-'], body: 'AAA', addresses: [0x4a8000, 0x4affff] },
  { name: 'Italia', prefixes: ['I-'], body: 'AAAA', addresses: [0x300000, 0x33ffff] },
  { name: 'Türkiye', prefixes: ['TC-'], body: 'AAA', addresses: [0x4b8000, 0x4bffff] },
  { name: "Côte d'Ivoire", prefixes: ['TU-T'], body: 'AA', addresses: [0x038000, 0x038fff] },
];

/** What registers and scrapers make of marks: ids must survive it. */
const ODDITIES = [' (2)', ' #2', '/É', ' 50%', ' "Berta"'];

/** A mark of another country's register, now and then as a register with odd habits writes it. */
export function foreignMark(random: Random): RegistrationMark {
  const { name, prefixes, body, addresses } = random.pick(COUNTRIES);
  let registration = random.pick(prefixes);
  for (const place of body) registration += random.text(place === '0' ? DIGITS : LETTERS, 1);
  if (random.chance(0.08)) registration += random.pick(ODDITIES);
  const icao24 = random
    .int(...addresses)
    .toString(16)
    .padStart(6, '0');
  return { registry: 'FOREIGN', registration, icao24, country: name };
}
