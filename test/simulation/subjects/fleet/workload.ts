import { entityKey } from '../../../../src/domain/pointer.ts';
import type { Item } from '../../../../src/simulation/world/item.ts';
import type { Cast } from '../../../../src/simulation/world/workload.ts';
import { type FleetItem, ITEMS } from './items.ts';

/** What worlds of the fleet write. */
export const FLEET_CAST: Cast = {
  items: ITEMS,
  ownerOf: (item) => {
    const { entity } = item as FleetItem;
    return entity && entityKey(entity);
  },
  oneKind: () => isLink,
  isFlooded: ({ kind }, port) => kind === (port === 'images.save' ? 'image' : 'link'),
  isRewritten: isLink,
};

function isLink({ kind }: Item): boolean {
  return kind === 'link';
}
