import { Decimal } from '../../../../src/domain/decimal.ts';
import { keyOf } from '../../../../src/domain/row.ts';
import { documentName } from '../../../../src/domain/search-document.ts';
import { equalValues, type Attributes } from '../../../../src/domain/value.ts';
import { fleet } from '../../../../src/fleet/definition.ts';
import { spoilsOf } from '../../../../src/simulation/faults/poison.ts';
import { rowWith } from '../../../../src/simulation/world/item.ts';
import { stateKeyOf } from '../../../../src/simulation/world/state-key.ts';
import {
  type Asked,
  NOTHING_ASKED,
  type RowChange,
  type Subject,
} from '../../../../src/simulation/world/subject.ts';
import { countedElsewhere } from './counted-elsewhere.ts';
import type { FleetItem } from './items.ts';
import { operationsOf } from '../../../../src/simulation/world/workload.ts';
import { FLEET_CAST } from './workload.ts';

/** The aircraft fleet, of which everything is known by hand. */
export const FLEET: Subject = {
  definition: fleet,
  later: countedElsewhere,
  redefined: 5,
  ports: [
    'queue.send',
    'images.load',
    'images.save',
    'matcher.load',
    'matcher.apply',
    'replica.apply',
    'quarantine.keep',
  ],
  floods: ['matcher.apply', 'images.save'],
  spoils: spoilsOf({
    readOfNew: ({ item }) => {
      const { link, indexed } = item as FleetItem;
      return link === undefined ? indexed.at(-1) : 'manufacturer';
    },
    readOfOld: ({ item }) => (item as FleetItem).indexed.at(0),
    inKey: ({ item }) => (item.kind === 'image' ? 'entity_id' : undefined),
  }),
  isFiltered: true,
  operationsOf: (settings) => operationsOf(settings, FLEET_CAST),
  noted: (_, row, note) => rowWith(row, 'note', Decimal.parse(String(note)) as Decimal),
  isRewritten: FLEET_CAST.isRewritten,
  askedBy: ({ item, before, after }: RowChange): Asked => {
    if (item === undefined) return NOTHING_ASKED;
    const { document, entity, link } = item as FleetItem;
    const differs = documentDiffers(item as FleetItem, before, after);
    return {
      ...NOTHING_ASKED,
      documents: document !== undefined && differs ? [nameOfDocument(document)] : [],
      counted: link === undefined ? [] : [stateKeyOf(link.model.name, keyOf(link.row))],
      entities: entity === undefined ? [] : [{ derivation: entity.model.name, parts: entity.parts }],
    };
  },
};

/** Whether two rows of the item differ in what its search document holds. */
function documentDiffers(
  { indexed }: FleetItem,
  before: Attributes | undefined,
  after: Attributes | undefined,
): boolean {
  if (before === undefined || after === undefined) return before !== after;
  return indexed.some((name) => !equalValues(before.get(name), after.get(name)));
}

/** @param document its collection and id, with a blank between. */
function nameOfDocument(document: string): string {
  const [collection = '', ...id] = document.split(' ');
  return documentName({ collection, id: id.join(' ') });
}
