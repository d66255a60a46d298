import { DefinitionRecount } from '../../../application/verify/recount.ts';
import { FIRST_FILL } from '../../../domain/version.ts';
import { ownerOfDocument } from '../../../application/bring-into-line/clear-documents.ts';
import { keyOf } from '../../../domain/row.ts';
import { isTold, type Planted, type Site } from './plant.ts';

/** A document that is gone, that says something else, or that no row gives. */
export function plantDocument(site: Site): readonly Planted[] | undefined {
  return site.random.pick([changeDocument, changeDocument, addDocument])(site);
}

function changeDocument({ world, random, expected, isFree }: Site): readonly Planted[] | undefined {
  const all = [...world.engine.all()].flatMap((one) => {
    const { collection, id } = one.key;
    const must = expected.documents.get(collection)?.get(id);
    const owner = ownerOfDocument(world.definition.model, one.key);
    return must === undefined || typeof owner === 'string' || !isFree(keyOf(owner.row))
      ? []
      : [{ ...one, derivation: must.derivation, row: keyOf(owner.row) }];
  });
  if (all.length === 0) return undefined;
  const { key, fields, derivation, row } = random.pick(all);
  const isRemoved = random.chance(0.5);
  const document = isRemoved ? undefined : { ...fields, planted: 'it says something else' };
  void world.engine.apply(key.collection, [{ id: key.id, document, version: FIRST_FILL }]);
  const item = `document ${key.collection}/${key.id}`;
  return [{ drift: isRemoved ? 'missing' : 'stale', derivation, item, row }];
}

/** One that a row had before. */
function addDocument(site: Site): readonly Planted[] | undefined {
  const { world, random, expected, isFree } = site;
  const before = world.ledger.entries.flatMap(({ before: row }) => row ?? []);
  if (before.length === 0) return undefined;
  const recount = new DefinitionRecount(world.definition);
  recount.add(random.pick(before));
  for (const [collection, documents] of recount.documents)
    for (const [id, { derivation, fields }] of documents) {
      if (expected.documents.get(collection)?.has(id) === true) continue;
      const owner = ownerOfDocument(world.definition.model, { collection, id });
      if (typeof owner === 'string' || !isFree(keyOf(owner.row)) || !isTold(site, keyOf(owner.row))) continue;
      void world.engine.apply(collection, [{ id, document: { ...fields }, version: FIRST_FILL }]);
      const item = `document ${collection}/${id}`;
      return [{ drift: 'extra', derivation, item, row: keyOf(owner.row) }];
    }
  return undefined;
}
