import { isPlainObject, kindOf } from '../plain-value.ts';
import type { KeySchema } from '../table-model.ts';
import { KeyTemplate, templateProblem } from './key-template.ts';
import type { Owner } from './problems.ts';

/** Stands where a template could not be read, in a model that nobody will see. */
export const NO_TEMPLATE = new KeyTemplate('');

/**
 * The templates that a specification has for some attributes, and for no others; undefined for each that cannot be
 * read. Adds what is wrong with them to the owner's problems.
 *
 * @param attributes undefined where nobody knows them: then there is nothing to say.
 */
export function templatesOf(
  { problem }: Owner,
  member: string,
  templates: unknown,
  attributes: readonly string[] | undefined,
): readonly (KeyTemplate | undefined)[] {
  if (attributes === undefined) return [];
  if (!isPlainObject(templates)) {
    problem(`its ${member} must be an object with ${attributes.join(' and ')}, and is ${kindOf(templates)}`);
    return [];
  }
  for (const attribute of Object.keys(templates))
    if (!attributes.includes(attribute))
      problem(`its ${member} has ${attribute}, which is none of ${attributes.join(', ')}`);
  return attributes.map((attribute) => {
    const text = Object.hasOwn(templates, attribute) ? templates[attribute] : undefined;
    const wrong = text === undefined ? undefined : templateProblem(text);
    if (text === undefined) problem(`its ${member} has no ${attribute}`);
    if (wrong !== undefined) problem(`its ${member}.${attribute} ${wrong}`);
    return text === undefined || wrong !== undefined ? undefined : new KeyTemplate(text as string);
  });
}

/** The names of the attributes of a table's keys. */
export function keyAttributes({ partition, sort }: KeySchema): readonly string[] {
  return sort === undefined ? [partition] : [partition, sort];
}

/** The names of all parts of a key, in their order. */
export function partsOf(...templates: readonly (KeyTemplate | undefined)[]): readonly string[] {
  return templates.flatMap((template) => template?.names ?? []);
}
