import type { CountFound, PointerFound } from '../../../application/ports/derived-state.ts';
import type { Value } from '../../../domain/value.ts';

/** The fleet's pointers as its own member of the state file has them, `defaultImages`. */
export function defaultImages(pointers: readonly PointerFound[]): Record<string, Value>[] {
  return pointers.map(({ entity: { parts }, member: { attributes } }) => {
    const [org_id = '', entity_type = '', entity_id = ''] = parts;
    const { image_id } = attributes as { readonly image_id?: Value };
    return { org_id, entity_type, entity_id, image_id: typeof image_id === 'string' ? image_id : '' };
  });
}

/** The fleet's counts as its own member of the state file has them, `matcher`. */
export function matcher(counts: readonly CountFound[]): Record<string, Value>[] {
  return counts.map(({ tuple, count }) => ({ ...tuple, count }));
}
