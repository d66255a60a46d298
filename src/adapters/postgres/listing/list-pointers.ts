import type { ListedPointer } from '../../../application/ports/derived-listing.ts';
import { pointedBy } from '../../../domain/pointer.ts';
import type { TableModel } from '../../../domain/table-model.ts';
import type { Database } from '../client/database.ts';
import { wholePagesOf } from '../pages.ts';
import { attributesIn } from '../pointers/load-entities.ts';
import type { Names } from '../schema/names.ts';
import { readJsonb } from '../values/jsonb.ts';

interface Found {
  readonly derivation: string;
  readonly parts: string;
  readonly attributes: string;
}

/** The pointers of a definition. */
export async function* listPointers(
  database: Database,
  { pointers }: Names,
  model: TableModel,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly ListedPointer[]> {
  const models = new Map(model.pointers.map((pointer) => [pointer.name, pointer]));
  const paged = { columns: 't.derivation, t.parts::text, t.attributes::text', from: `${pointers} t` };
  for await (const page of wholePagesOf<Found>(database, paged, signal))
    yield page.flatMap(({ derivation, parts, attributes }): ListedPointer | [] => {
      const pointer = models.get(derivation);
      if (pointer === undefined) return [];
      const entity = { model: pointer, parts: readJsonb(parts) as readonly string[] };
      return { is: 'pointer', entity, member: pointedBy(pointer, attributesIn(attributes)) };
    });
}
