import pMap from 'p-map';
import type { Downstream } from '../../model/modelled-aws.ts';
import { IMAGE_ATTRIBUTES } from '../record-handler.ts';
import { AT_A_TIME, type Item, type ItemChange, sameIn } from './item-changes.ts';
import { type Found, type Place, readItems, readNewest } from './read-items.ts';

/** A default row that must change. */
export interface DefaultRowWrite {
  readonly at: Place;
  /** As it is; undefined where there is none. */
  readonly current: Item | undefined;
  /** Where it points to, and the image there; undefined where that is gone. */
  readonly pointedTo: Place | undefined;
  readonly target: Item | undefined;
  /** The image that it must repeat; undefined where it must go. */
  readonly wanted: Item | undefined;
}

/** The places of the default rows of those whose images changed. */
export function defaultRowsOf(table: string, changes: readonly ItemChange[]): Place[] {
  const entities = new Set<string>();
  for (const { pk, sk } of changes) if (pk.startsWith('IMAGES#') && sk.startsWith('IMG#')) entities.add(pk);
  return [...entities].map((pk) => ({ table, pk, sk: 'DEFAULT' }));
}

/** Decides on default rows; looks for an entity's newest image only where its row is missing, or its image is gone. */
export async function decideDefaultRows(
  downstream: Downstream,
  places: readonly Place[],
  rows: Found,
): Promise<DefaultRowWrite[]> {
  const pointedTo = (place: Place): Place | undefined => {
    const current = rows.get(place);
    return current && { ...place, sk: `IMG#${current['image_id']?.S}` };
  };
  const targets = readItems(
    downstream,
    places.flatMap((place) => pointedTo(place) ?? []),
  );
  const decided = await pMap(
    places,
    async (at) => {
      const current = rows.get(at);
      const to = pointedTo(at);
      const target = to && (await targets).get(to);
      const wanted = target ?? (await readNewest(downstream, at.pk));
      return sameIn(IMAGE_ATTRIBUTES, current, wanted) ? [] : { at, current, pointedTo: to, target, wanted };
    },
    AT_A_TIME,
  );
  return decided.flat();
}

/** What a default row repeats of its image. */
export function repeated(image: Item): Item {
  const row: Item = {};
  for (const name of IMAGE_ATTRIBUTES) if (image[name] !== undefined) row[name] = image[name];
  return row;
}
