import type { AttributeValue } from 'aws-lambda';
import { type Image, number, text } from './attribute.ts';
import type { Model } from './catalogue.ts';
import type { Random } from '../../random/random.ts';
import type { Changes } from './table.ts';

/** The fields that together make a link's tuple. */
export const TUPLE_FIELDS = ['manufacturer', 'model', 'type_designator'] as const;

type TupleField = (typeof TUPLE_FIELDS)[number];

const BLANKS = ['', '   ', ' \t'];

/** As the FAA has them: spelled in several ways, some padded. */
export function tupleFields(random: Random, model: Model): Record<TupleField, AttributeValue> {
  const field = (value: string) => text(random.chance(0.15) ? padded(random, value) : value);
  return {
    manufacturer: field(random.pick(model.maker.spellings)),
    model: field(random.pick(model.names)),
    type_designator: field(model.designator),
  };
}

/** One of the fields, blank. */
export function blankField(random: Random): Image {
  return { [random.pick(TUPLE_FIELDS)]: text(random.pick(BLANKS)) };
}

/** One of the fields, as something that makes no tuple: blank, missing, or no string. */
export function spoiledField(random: Random): Changes {
  const kind = random.int(0, 4);
  if (kind < 2) return blankField(random);
  const field = random.pick(TUPLE_FIELDS);
  if (kind === 2) return { [field]: { NULL: true } };
  return { [field]: kind === 3 ? number(172) : undefined };
}

/** Whether all fields are strings that say something. */
export function isValid(image: Image): boolean {
  return TUPLE_FIELDS.every((field) => image[field]?.S?.trim());
}

/** With blanks around it, as columns of fixed width leave them. */
export function padded(random: Random, value: string): string {
  return ' '.repeat(random.int(0, 2)) + value + ' '.repeat(random.int(1, 6));
}

/** A serial number as amateur builders and odd registers give them. */
export function oddSerial(random: Random): string {
  const digits = random.text('0123456789', 5);
  return random.pick([digits, `${digits} #2`, `S/N ${digits}`, `${digits}-É`, `"${digits}"`, `${digits}%`]);
}
