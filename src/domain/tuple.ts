import type { Attributes } from './value.ts';

/** What the matcher counts. All three are non-empty and trimmed. */
export interface Tuple {
  readonly manufacturer: string;
  readonly model: string;
  readonly typeDesignator: string;
}

/** The tuple that a link row holds, or undefined when one of its fields is missing, not a string, or blank. */
export function tupleOf(attributes: Attributes): Tuple | undefined {
  const manufacturer = text(attributes, 'manufacturer');
  const model = text(attributes, 'model');
  const typeDesignator = text(attributes, 'type_designator');
  return manufacturer && model && typeDesignator ? { manufacturer, model, typeDesignator } : undefined;
}

/** One string per tuple; no two tuples share one. */
export function tupleKey({ manufacturer, model, typeDesignator }: Tuple): string {
  return JSON.stringify([manufacturer, model, typeDesignator]);
}

function text(attributes: Attributes, name: string): string | undefined {
  const value = attributes.get(name);
  return typeof value === 'string' ? value.trim() : undefined;
}
