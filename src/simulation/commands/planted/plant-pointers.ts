import { type Entity, entityKey, type Member, memberOf } from '../../../domain/pointer.ts';
import { kindsOf } from '../../../domain/roles.ts';
import { pointerKey } from '../../../domain/stored-rows.ts';
import { satisfies } from '../../../domain/when.ts';
import type { Planted, Site } from './plant.ts';

/** A pointer that is gone, says something else, points to a row that it must not point to, or is there without rows. */
export function plantPointer(site: Site): readonly Planted[] | undefined {
  return site.random.pick([removePointer, changePointer, turnPointer, addPointer])(site);
}

/** One that is there, and right. */
function pointerIn({ world, random, isFree }: Site) {
  const all = [...world.table.pointers()].filter(({ entity }) => isFree(pointerKey(entity)));
  return all.length === 0 ? undefined : random.pick(all);
}

function removePointer(site: Site): readonly Planted[] | undefined {
  const found = pointerIn(site);
  return found && write(site, found.entity, undefined, 'missing');
}

function changePointer(site: Site): readonly Planted[] | undefined {
  const found = pointerIn(site);
  const name = found?.entity.model.repeat.find((one) => !found.entity.model.repeatedParts.includes(one));
  if (found === undefined || name === undefined) return undefined;
  const { sort, attributes } = found.member;
  return write(site, found.entity, { sort, attributes: { ...attributes, [name]: 'planted' } }, 'stale');
}

function turnPointer(site: Site): readonly Planted[] | undefined {
  const { world, random, expected } = site;
  const found = pointerIn(site);
  if (found === undefined) return undefined;
  const { entity, member } = found;
  const { choose, entities, partition } = expected.pointers.get(entity.model.name) ?? {};
  if (choose !== 'newest') return undefined;
  const candidates = entities?.get(partition?.keyOf(entity.parts) ?? '') ?? new Map<string, unknown>();
  const others = [...candidates.keys()].filter((sort) => sort !== member.sort);
  const other = others.length === 0 ? undefined : world.table.member(entity, random.pick(others));
  return other && write(site, entity, other, 'wrong');
}

/** To a row that is gone, of an entity that has no rows any more. */
function addPointer(site: Site): readonly Planted[] | undefined {
  const { world, random, isFree } = site;
  const before = world.ledger.entries.filter((entry) => entry.before !== undefined);
  if (before.length === 0) return undefined;
  const { at, before: row } = random.pick(before);
  const found = world.definition.model.rowOf(at.partition, at.sort);
  if (row === undefined || found === undefined || 'malformed' in found) return undefined;
  for (const { model, parts } of kindsOf(found)) {
    if (!satisfies(model.when, row)) continue;
    for (const pointer of model.pointers) {
      const inPartition = pointer.partition.names.length;
      const entity = { model: pointer, parts: parts.slice(0, inPartition) };
      const isThere = world.table.pointer(entity) !== undefined || world.table.newest(entity) !== undefined;
      if (isThere || !isFree(pointerKey(entity))) continue;
      return write(site, entity, memberOf(entity, parts.slice(inPartition), row), 'extra');
    }
  }
  return undefined;
}

function write(
  { world }: Site,
  entity: Entity,
  member: Member | undefined,
  drift: Planted['drift'],
): readonly Planted[] | undefined {
  const revision = world.table.pointer(entity)?.revision;
  if (!world.table.writePointer(entity, revision, member)) throw new Error(`no pointer ${entityKey(entity)}`);
  const { partition, sort } = pointerKey(entity);
  const item = `pointer ${JSON.stringify([partition, sort])}`;
  return [{ drift, derivation: entity.model.name, item, row: { partition, sort } }];
}
