import { readText, storedText } from '../values/text.ts';
import type { EntityView } from '../../../application/ports/image-repository.ts';
import { type Entity, type Member, memberOf, pointedBy, sortPartsOf } from '../../../domain/pointer.ts';
import { type Attributes, DecodedAttributes } from '../../../domain/value.ts';
import type { Database } from '../client/database.ts';
import { partitionId } from '../replica/source-row-id.ts';
import type { Names } from '../schema/names.ts';
import { readJsonbRecord } from '../values/jsonb.ts';
import { pointerId } from './pointer-id.ts';

interface EntityRow {
  readonly n: number;
  readonly revision: string | null;
  readonly pointer: string | null;
  readonly target_sort: string | null;
  readonly target: string | null;
  readonly newest_sort: string | null;
  readonly newest: string | null;
}

/** Those attributes of a row that a pointer repeats, as JSON. */
export function repeated(attributes: string, names: string): string {
  return `(select coalesce(jsonb_object_agg(a.key, a.value), '{}') from jsonb_each(${attributes}) a where ${names} ? a.key)`;
}

/** Entities as they are at one moment, in the order given. */
export async function loadEntities(
  database: Database,
  { source_rows: rows, pointers }: Names,
  entities: readonly Entity[],
  signal: AbortSignal | undefined,
): Promise<readonly EntityView[]> {
  const found = await database.query<EntityRow>(
    `select e.n, p.revision::text, p.attributes::text as pointer,
  t.sort as target_sort, ${repeated('t.attributes', 'e.names')}::text as target,
  x.sort as newest_sort, ${repeated('x.attributes', 'e.names')}::text as newest
from json_to_recordset($1::json) as e(n integer, id bytea, partition_id bytea, kind text, newest boolean, names jsonb)
left join ${pointers} p on p.id = e.id
left join ${rows} t on t.id = p.target and t.kind = e.kind
left join lateral (
  select r.sort, r.attributes from ${rows} r
  where r.partition_id = e.partition_id and r.kind = e.kind and (e.newest or t.id is null)
  order by r.sort_number desc, r.sort_order desc
  limit 1
) x on true`,
    [JSON.stringify(entities.map(asked))],
    signal,
  );
  const byPlace = new Map(found.map((row) => [row.n, row]));
  return entities.map((entity, n) => viewOf(entity, byPlace.get(n)));
}

function asked(entity: Entity, n: number) {
  const { model, parts } = entity;
  return {
    n,
    id: pointerId(entity),
    partition_id: partitionId(model.partition.render(parts)),
    kind: model.kind,
    newest: model.choose === 'newest',
    names: model.repeat.map(storedText),
  };
}

function viewOf(entity: Entity, row: EntityRow | undefined): EntityView {
  const pointer = row?.pointer ?? undefined;
  return {
    entity,
    newest: memberIn(entity, row?.newest_sort, row?.newest),
    current: pointer === undefined ? undefined : pointedBy(entity.model, attributesIn(pointer)),
    target: memberIn(entity, row?.target_sort, row?.target),
    revision: row?.revision ?? undefined,
  };
}

function memberIn(
  entity: Entity,
  sort: string | null | undefined,
  attributes: string | null | undefined,
): Member | undefined {
  if (typeof sort !== 'string' || typeof attributes !== 'string') return undefined;
  const parts = sortPartsOf(entity.model, readText(sort));
  return parts && memberOf(entity, parts, attributesIn(attributes));
}

export function attributesIn(json: string): Attributes {
  return new DecodedAttributes(new Map(Object.entries(readJsonbRecord(json))));
}
