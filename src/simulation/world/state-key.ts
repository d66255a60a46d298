import { type ItemKey, itemKey, keyOf, type Row } from '../../domain/row.ts';

/** One string per row and derivation that keeps a state of it; no two share one. */
export function stateKey({
  model,
  row,
}: {
  readonly model: { readonly name: string };
  readonly row: Row;
}): string {
  return stateKeyOf(model.name, keyOf(row));
}

export function stateKeyOf(derivation: string, at: ItemKey): string {
  return `${derivation} ${itemKey(at)}`;
}
