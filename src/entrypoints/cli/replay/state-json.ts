import { compareTexts } from '../../../domain/compare-texts.ts';
import { toJson } from '../../../domain/json.ts';
import type { DerivedState } from '../../../application/ports/derived-state.ts';
import type { DocumentFields } from '../../../domain/search-document.ts';
import type { ReplayFailure } from './failures.ts';

/**
 * The derived state as JSON text in pieces, one item a line: every list sorted, but for the failures, which stay in the
 * order of the files.
 */
export async function* stateJson(
  state: DerivedState,
  searchActions: number,
  failures: readonly ReplayFailure[],
): AsyncGenerator<string> {
  const collections = new Map<string, [string, DocumentFields][]>();
  for await (const { key, fields } of state.documents()) {
    const documents = collections.get(key.collection) ?? [];
    documents.push([key.id, fields]);
    collections.set(key.collection, documents);
  }
  yield '{\n  "search": {';
  let separator = '\n';
  for (const [collection, documents] of [...collections].sort(([a], [b]) => compareTexts(a, b))) {
    yield `${separator}    ${toJson(collection)}: {`;
    documents.sort(([a], [b]) => compareTexts(a, b));
    let comma = '\n';
    for (const [id, fields] of documents) {
      yield `${comma}      ${toJson(id)}: ${toJson(fields)}`;
      comma = ',\n';
    }
    yield '\n    }';
    separator = ',\n';
  }
  yield `${collections.size === 0 ? '' : '\n  '}},\n  "searchActions": ${searchActions},\n  "defaultImages": `;

  const defaultImages = [];
  for await (const { entity, image } of state.defaultImages())
    defaultImages.push([entity.orgId, entity.entityType, entity.entityId, image.imageId] as const);
  defaultImages.sort(byFields);
  yield* lines(
    defaultImages.map(([org_id, entity_type, entity_id, image_id]) => ({
      org_id,
      entity_type,
      entity_id,
      image_id,
    })),
  );

  yield ',\n  "matcher": ';
  const counts = [];
  for await (const { tuple, count } of state.tupleCounts())
    counts.push([tuple.manufacturer, tuple.model, tuple.typeDesignator, String(count)] as const);
  counts.sort(byFields);
  yield* lines(
    counts.map(([manufacturer, model, type_designator, count]) => ({
      manufacturer,
      model,
      type_designator,
      count: Number(count),
    })),
  );

  yield ',\n  "failures": ';
  yield* lines(
    failures.map(({ sequenceNumber, eventID, pk, sk, error }) => ({
      sequenceNumber,
      eventID,
      pk,
      sk,
      error,
    })),
  );
  yield '\n}\n';
}

function* lines(items: readonly object[]): Generator<string> {
  yield '[';
  for (const [index, item] of items.entries()) yield `${index === 0 ? '' : ','}\n    ${JSON.stringify(item)}`;
  yield items.length === 0 ? ']' : '\n  ]';
}

function byFields(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const order = compareTexts(text, b[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}
