import { type EntityParts, link } from '../../support/factories.ts';
import {
  defaultRow,
  icaoManufacturerRow,
  icaoTypeRow,
  icaoVariantRow,
  linkRow,
  matcherTupleRow,
  strangeRow,
} from '../../support/stream-records.ts';
import type { Port } from '../../../src/simulation/faults/call-faults.ts';
import {
  type FleetItem as Item,
  ICAO_TYPE,
  imageItem,
  item,
  MANUFACTURER,
  registrationItem,
} from '../subjects/fleet/items.ts';
import type { Operation } from '../../../src/simulation/world/workload.ts';

type Write = Pick<Operation, 'item' | 'action' | 'variant' | 'spoil'>;

/** What is written together, and comes as one batch. */
export interface Step {
  readonly writes: readonly Write[];
  /** Whether its records are read only after those of the next step. */
  readonly isHeld?: true;
  /** Whether the table's stream was switched off and on again just before. */
  readonly onNewStream?: true;
  /** Writes that come again with it, as one batch: positions among all, from 0. */
  readonly again?: readonly number[];
}

/** A workload that the worker must come through, whichever of its calls goes wrong. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Whether a quarantine is configured. */
  readonly quarantine: boolean;
  /** What the worker calls for it, beside the replica, which it calls for all where it has one. */
  readonly ports: readonly Port[];
}

const A = 0;
const B = 1;
const C = 2;
const D = 3;
const OWNERS = ['a', 'b', 'c', 'd'].map((owner) => ({ owner_name: owner }));
const CAPTIONS = ['a', 'b', 'c'].map((caption) => ({ caption }));

const N1 = registrationItem('FAA', 'N1', OWNERS);
const N2 = registrationItem('FAA', 'N2', OWNERS);
const FOREIGN = registrationItem('FOREIGN', 'N1', OWNERS);
const [IMAGE_1, IMAGE_2] = ['1', '2'].map((id) =>
  imageItem('SYSTEM', 'REGISTRATION', 'N1', id, CAPTIONS),
) as [Item, Item];
const OTHER: EntityParts = { orgId: 'ORG1', entityType: 'ICAO', entityId: 'C172' };
const [OTHER_0, OTHER_1, OTHER_2] = ['0', '1', '2'].map((id) =>
  imageItem('ORG1', 'ICAO', 'C172', id, CAPTIONS),
) as [Item, Item, Item];
// A record of it asks for nothing: the image beside it does.
const OTHERS_DEFAULT = item('default-row', [defaultRow(OTHER, { image_id: '1', caption: 'wrong' })], []);

const SKYHAWK = 0;
const SKYLANE = 1;
const NO_TUPLE = 2;
const [LINK_1, LINK_2, LINK_9] = (
  [
    ['1', '23'],
    ['12', '3'],
    ['9', '9'],
  ] as const
).map(([code, serial]) =>
  item(
    'link',
    [['CESSNA', '172', 'C172'], ['CESSNA', '182', 'C182'], []].map((tuple) => linkRow(code, serial, tuple)),
    [],
    { link: link(serial, code) },
  ),
) as [Item, Item, Item];

const TYPE = item(
  'icao-type',
  [{}, { remarks: 'not indexed' }].map((more) =>
    icaoTypeRow('C172', { model: '172', engine_count: 1, ...more }),
  ),
  ICAO_TYPE,
  { document: 'icao_aircraft C172' },
);
const MAKER = item('manufacturer', [icaoManufacturerRow('CESSNA', { name: 'Cessna' })], MANUFACTURER, {
  document: 'icao_manufacturers CESSNA',
});
const VARIANT = item('variant', [icaoVariantRow('C172#1')], []);
const STRANGE = item('strange', [strangeRow('P1')], []);
const TUPLE = item('tuple', [matcherTupleRow('CESSNA', '172', 'C172', 2)], []);

const put = (of: Item, variant = 0): Write => ({ item: of, action: 'put', variant });
const remove = (of: Item): Write => ({ item: of, action: 'remove', variant: 0 });
/** A write whose record arrives without the image that the stream says it carries. */
const poison = (write: Write): Write => ({ ...write, spoil: 'no new image' });
/** A write whose record arrives with an attribute that is no attribute. */
const undecodable = (write: Write): Write => ({ ...write, spoil: 'a number that is none in the new image' });
const inBatches = (...batches: readonly (readonly Write[])[]): readonly Step[] =>
  batches.map((writes) => ({ writes }));

const SEARCH: readonly Port[] = ['queue.send'];
const IMAGES: readonly Port[] = ['images.load', 'images.save'];
const MATCHER: readonly Port[] = ['matcher.load', 'matcher.apply'];
const ALL = [...SEARCH, ...IMAGES, ...MATCHER];
/** Where what is counted is always as old images say: then it is not read. */
const ALL_AS_ASSUMED: readonly Port[] = [...SEARCH, ...IMAGES, 'matcher.apply'];

export const GOLDEN_SCENARIOS: readonly Scenario[] = [
  {
    name: 'one registration: inserted, changed, removed, inserted again',
    steps: inBatches([put(N1, A)], [put(N1, B)], [remove(N1)], [put(N1, C)]),
    quarantine: false,
    ports: SEARCH,
  },
  {
    name: 'a tuple: held by two links, left by both, gone with the last of them',
    steps: [
      ...inBatches(
        [put(LINK_1, SKYHAWK), put(LINK_2, SKYHAWK)],
        [put(LINK_1, SKYLANE)],
        [put(LINK_2, SKYLANE), remove(LINK_1)],
      ),
      // With what was counted already, so that states are read.
      { writes: [put(LINK_2, NO_TUPLE)], again: [3] },
    ],
    quarantine: false,
    ports: MATCHER,
  },
  {
    name: 'images: a first one, a newer one, the default one removed, the last one removed',
    steps: inBatches([put(IMAGE_1)], [put(IMAGE_2)], [remove(IMAGE_1)], [remove(IMAGE_2)]),
    quarantine: false,
    ports: [...SEARCH, ...IMAGES],
  },
  {
    name: 'a default row: written by another program, repaired, and repaired when its image changes',
    steps: inBatches([put(OTHER_1, A)], [put(OTHERS_DEFAULT), put(OTHER_2, A)], [put(OTHER_1, B)]),
    quarantine: false,
    ports: IMAGES,
  },
  {
    name: 'all rows together: with entities and tuples that several of them share',
    steps: inBatches(
      [
        put(N1, A),
        put(IMAGE_1),
        put(LINK_1, SKYHAWK),
        put(FOREIGN, A),
        put(LINK_2, SKYHAWK),
        put(IMAGE_2),
        put(TYPE),
        put(OTHER_1, C),
        put(MAKER),
        put(VARIANT),
        put(STRANGE),
        put(TUPLE),
        put(LINK_9, SKYLANE),
      ],
      [
        put(N1, B),
        remove(IMAGE_1),
        remove(LINK_1),
        put(LINK_2, SKYLANE),
        remove(FOREIGN),
        put(IMAGE_2, B),
        put(TYPE, B),
        put(OTHER_0, C),
        remove(MAKER),
        remove(STRANGE),
        put(LINK_9, SKYHAWK),
      ],
    ),
    quarantine: false,
    ports: ALL_AS_ASSUMED,
  },
  {
    name: 'poison in the middle of items: with a quarantine',
    steps: inBatches(
      [put(N1, A), put(N2, A), put(LINK_1, SKYHAWK), put(IMAGE_1)],
      [
        undecodable(put(N1, B)),
        poison(put(LINK_1, SKYLANE)),
        poison(put(IMAGE_1, B)),
        put(LINK_2, SKYHAWK),
        put(N1, C),
        put(LINK_1, SKYHAWK),
        put(IMAGE_1, C),
        put(N2, B),
      ],
      [remove(N2), put(N1, D), put(IMAGE_2)],
    ),
    quarantine: true,
    ports: [...ALL, 'quarantine.keep'],
  },
  {
    name: 'poison in the middle of an item: without a quarantine',
    steps: inBatches([put(N1, A), put(LINK_1, SKYHAWK), put(IMAGE_1), undecodable(put(N1, B))], [put(N1, C)]),
    quarantine: false,
    ports: ALL_AS_ASSUMED,
  },
  {
    name: 'several changes of one item in one batch',
    steps: inBatches(
      [
        put(N1, A),
        put(IMAGE_1),
        put(LINK_1, SKYHAWK),
        put(N1, B),
        put(LINK_1, SKYLANE),
        remove(IMAGE_1),
        remove(N1),
        remove(LINK_1),
        put(IMAGE_1, B),
        put(N1, C),
        put(LINK_1, SKYHAWK),
      ],
      [
        put(N2, A),
        put(LINK_2, SKYHAWK),
        put(IMAGE_2),
        remove(N2),
        remove(LINK_2),
        remove(IMAGE_2),
        put(LINK_1, SKYLANE),
        put(LINK_1, SKYHAWK),
      ],
    ),
    quarantine: false,
    ports: ALL_AS_ASSUMED,
  },
  {
    name: 'two streams: the later one, with lower sequence numbers, read before the former is at its end',
    steps: [
      { writes: [put(N1, A), put(LINK_1, SKYHAWK), put(IMAGE_1), put(N2, A)] },
      { writes: [put(N1, B), put(LINK_1, SKYLANE), put(IMAGE_1, B), remove(N2)], isHeld: true },
      { writes: [put(N1, C), put(LINK_1, SKYHAWK), put(IMAGE_1, C), put(N2, C)], onNewStream: true },
      { writes: [remove(N1), remove(LINK_1), put(IMAGE_2)] },
    ],
    quarantine: false,
    ports: ALL,
  },
  {
    name: 'a batch delivered again, with its successors',
    steps: [
      { writes: [put(N1, A), put(LINK_1, SKYHAWK), put(IMAGE_1)] },
      { writes: [put(N1, B), put(LINK_1, SKYLANE), put(IMAGE_2)] },
      { writes: [remove(N1)], again: [0, 1, 2, 3, 4, 5, 6] },
      { writes: [remove(IMAGE_1), remove(LINK_1)], again: [3, 4, 5, 6, 7, 8] },
    ],
    quarantine: false,
    ports: ALL,
  },
];

/** Scenarios with so few calls that all pairs of them can be tried. */
export const SMALL_SCENARIOS = GOLDEN_SCENARIOS.slice(0, 4);
