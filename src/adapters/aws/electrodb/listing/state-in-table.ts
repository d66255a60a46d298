import type { ListedState } from '../../../../application/ports/derived-listing.ts';
import type { CountModel } from '../../../../domain/count.ts';
import type { KeyTemplate } from '../../../../domain/definition/key-template.ts';
import { type ItemKey, keyOf, readItemKey } from '../../../../domain/row.ts';
import type { TableModel } from '../../../../domain/table-model.ts';

/** The key of a row of the state table. */
export interface StateRowKey {
  readonly PK: string;
  readonly SK: string;
}

/** Whose state a row of the state table is; undefined for all that is none of the definition's. */
export function stateInTable(model: TableModel, { PK, SK }: StateRowKey): ListedState | undefined {
  for (const count of model.counts) {
    const row = count.state && sourceOf(model, count, { PK, SK });
    if (row !== undefined) return { derivation: count.name, row };
  }
  const [, derivation = '', source = ''] = SK === 'STATE' ? (/^STATE#([^#]+)#(.*)$/s.exec(PK) ?? []) : [];
  const isKnown = [...model.counts, ...model.derivedRows].some(({ name }) => name === derivation);
  if (!isKnown) return undefined;
  // Of a key that is too long for this, its digest stands here.
  return { derivation, row: readItemKey(source, model.keys.sort !== undefined) };
}

/** The row that a state at a place of the definition's own is of. */
function sourceOf(model: TableModel, count: CountModel, { PK, SK }: StateRowKey): ItemKey | undefined {
  const { state } = count;
  const kind = model.rows.find(({ counts }) => counts.includes(count));
  if (state === undefined || kind === undefined) return undefined;
  const values = new Map([...partsIn(state.partition, PK), ...partsIn(state.sort, SK)]);
  if (!kind.names.every((name) => values.has(name))) return undefined;
  return keyOf({ model: kind, parts: kind.names.map((name) => values.get(name) ?? '') });
}

function partsIn(template: KeyTemplate, text: string): readonly (readonly [name: string, part: string])[] {
  const match = template.match(text);
  if (match === undefined || 'malformed' in match) return [];
  return template.names.map((name, index) => [name, match.parts[index] ?? '']);
}
