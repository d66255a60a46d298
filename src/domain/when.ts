import type { Attributes, Value } from './value.ts';

/** By what attributes rows of a kind are told from others with such keys: each must hold one of its values, a string. */
export type When = readonly { readonly name: string; readonly values: readonly string[] }[];

/** @throws Fault `permanent` when an attribute that tells cannot be decoded. */
export function satisfies(when: When | undefined, attributes: Pick<Attributes, 'get'>): boolean {
  return when === undefined || when.every(({ name, values }) => isOneOf(values, attributes.get(name)));
}

function isOneOf(values: readonly string[], value: Value | undefined): boolean {
  return typeof value === 'string' && values.includes(value);
}

/** Whether no row can be of both kinds: there is an attribute for which they have no value in common. */
export function excludeEachOther(one: When | undefined, other: When | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one.some(({ name, values }) =>
    other.some((rule) => rule.name === name && !rule.values.some((value) => values.includes(value))),
  );
}
