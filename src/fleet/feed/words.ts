import type { AttributeValue } from 'aws-lambda';
import { number, text } from './attribute.ts';
import type { Random } from '../../random/random.ts';

const NAMES = [
  'Alpine',
  'Baltic',
  'Çelik',
  'Delta Bravo',
  'Fjordfly',
  'García',
  'Hanse',
  'Jordan',
  "O'Brien",
  'Müller',
  'Novák',
  'Pacific',
  'Peña',
  'Schröder',
  'Skyline',
  'Smith',
  'Tanaka',
  'Ünal',
  'Westcoast',
  'Zürich',
  '北海',
];
const FORMS = [
  'Aviation LLC',
  'Air Inc',
  'GmbH & Co. KG',
  'Leasing Ltd',
  'Flying Club',
  'Luftfahrt e.V.',
  'Trust #4',
  '& Sons',
];
const CAPTIONS = [
  'Short final',
  'Taxiing to stand',
  'Parked at dawn',
  'Über den Alpen',
  'Line up and wait, runway 27',
  'Display, 100% power',
  'Atterrissage à Genève',
  '"Berta" on delivery',
  'Night departure',
  'Maintenance',
];
const CREDITS = ['J. Weiß', 'Ana Peña', 'spotter_88', "D. O'Neil", 'K. Sato', 'Łukasz W.'];
const NOTES = [
  'checked by hand',
  'see ticket #4711',
  'nach Prüfung übernommen',
  '50% sure',
  'he said "sold"',
  'to do',
];
const TAGS = ['charter', 'training', 'vintage', 'for sale', 'régional', 'leased', 'watch'];
const STATUSES = ['Valid', 'Valid', 'Valid', 'Expired', 'Pending', 'Deregistered', 'Sale Reported'];

/** More digits than a double holds, and orders of magnitude that libraries stumble over. */
const HARD_NUMBERS = ['1E+30', '9007199254740993.5', '-1.5E-20', '0.1000000000000000055511151231257827021'];

export function owner(random: Random): string {
  return `${random.pick(NAMES)} ${random.pick(FORMS)}`;
}

export function caption(random: Random): string {
  return `${random.pick(CAPTIONS)}, ${random.int(1, 999)}`;
}

export function credit(random: Random): string {
  return random.pick(CREDITS);
}

export function status(random: Random): string {
  return random.pick(STATUSES);
}

export function note(random: Random): AttributeValue {
  return text(`${random.pick(NOTES)} (${random.int(1, 999)})`);
}

/** One to three, none twice. */
export function tags(random: Random): AttributeValue {
  const first = random.int(0, TAGS.length - 1);
  const rotated = [...TAGS.slice(first), ...TAGS.slice(0, first)];
  return { SS: rotated.slice(0, random.int(1, 3)) };
}

/** As many digits as DynamoDB keeps, or another number that is hard to read. */
export function auditHash(random: Random): AttributeValue {
  if (random.chance(0.3)) return number(random.pick(HARD_NUMBERS));
  return number(`${random.int(1, 9)}${random.text('0123456789', 37)}`);
}

/** What the source said, as it was received: nested, with names that mean something to JavaScript. */
export function raw(random: Random): AttributeValue {
  const line: AttributeValue = { M: { page: number(random.int(1, 400)), ok: { BOOL: random.chance(0.9) } } };
  const seal: AttributeValue = { B: Buffer.from(random.hex(1), 'hex').toString('base64') };
  if (random.chance(0.1))
    return { M: { line, ['__proto__']: text('polluted'), constructor: { NULL: true } } };
  return { M: { line, seal, codes: { L: [text(random.text('ABCDEF', 2)), number(random.int(0, 9))] } } };
}
