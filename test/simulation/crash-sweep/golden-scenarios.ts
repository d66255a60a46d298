import type { Entity } from '../../../src/domain/row.ts';
import {
  defaultRow,
  faaRow,
  foreignRow,
  icaoManufacturerRow,
  icaoTypeRow,
  icaoVariantRow,
  imageRow,
  linkRow,
  matcherTupleRow,
  strangeRow,
} from '../../support/stream-records.ts';
import type { Port } from '../faults/call-faults.ts';
import { poison, put, recreated, remove, type Scenario, undecodable } from './scenario.ts';

const ENTITY: Entity = { orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: 'N1' };
const OTHER: Entity = { orgId: 'ORG1', entityType: 'ICAO', entityId: 'C172' };

const SKYHAWK = ['CESSNA', '172', 'C172'];
const SKYLANE = ['CESSNA', '182', 'C182'];

const n1 = (owner: string) => faaRow('N1', { owner_name: owner });
const n2 = (owner: string) => faaRow('N2', { owner_name: owner });
const image = (id: string, caption = id, entity = ENTITY) => imageRow(entity, id, { caption });
const one = (tuple: readonly string[]) => linkRow('1', '23', tuple);
const two = (tuple: readonly string[]) => linkRow('12', '3', tuple);

const SEARCH: readonly Port[] = ['queue.send'];
const IMAGES: readonly Port[] = ['images.load', 'images.save'];
const MATCHER: readonly Port[] = ['matcher.load', 'matcher.apply'];

/** Scenarios that the worker must come through, whichever of its calls goes wrong. */
export const GOLDEN_SCENARIOS: readonly Scenario[] = [
  {
    name: 'one registration: inserted, changed, removed, inserted again',
    writes: [put(n1('a')), put(n1('b')), remove(n1('b')), put(n1('c'))],
    batches: [[0], [1], [2], [3]],
    quarantine: false,
    ports: SEARCH,
  },
  {
    name: 'a tuple: held by two links, left by both, gone with the last of them',
    writes: [
      put(one(SKYHAWK)),
      put(two(SKYHAWK)),
      put(one(SKYLANE)),
      put(two(SKYLANE)),
      remove(one(SKYLANE)),
      put(two([])),
    ],
    batches: [[0, 1], [2], [3, 4], [5]],
    quarantine: false,
    ports: MATCHER,
  },
  {
    name: 'images: a first one, a newer one, the default one removed, the last one removed',
    writes: [put(image('1')), put(image('2')), remove(image('1')), remove(image('2'))],
    batches: [[0], [1], [2], [3]],
    quarantine: false,
    ports: [...SEARCH, ...IMAGES],
  },
  {
    name: 'a default row: written by another program, repaired, and repaired when its image changes',
    writes: [
      put(image('1', 'a', OTHER)),
      put(defaultRow(OTHER, { image_id: '1', caption: 'wrong' })),
      put(image('2', 'a', OTHER)),
      put(image('1', 'b', OTHER)),
    ],
    batches: [[0], [1, 2], [3]],
    quarantine: false,
    ports: IMAGES,
  },
  {
    name: 'all rows together: with entities and tuples that several of them share',
    writes: [
      put(n1('a')),
      put(image('1')),
      put(one(SKYHAWK)),
      put(foreignRow('N1', { owner_name: 'a' })),
      put(two(SKYHAWK)),
      put(image('2')),
      put(icaoTypeRow('C172', { model: '172', engine_count: 1 })),
      put(image('1', 'other', OTHER)),
      put(icaoManufacturerRow('CESSNA', { name: 'Cessna' })),
      put(icaoVariantRow('C172#1')),
      put(strangeRow('P1')),
      put(matcherTupleRow('CESSNA', '172', 'C172', 2)),
      put(linkRow('9', '9', SKYLANE)),
      put(n1('b')),
      remove(image('1')),
      remove(one(SKYHAWK)),
      put(two(SKYLANE)),
      remove(foreignRow('N1')),
      put(image('2', 'changed')),
      put(icaoTypeRow('C172', { model: '172', engine_count: 1, remarks: 'not indexed' })),
      put(image('0', 'older', OTHER)),
      remove(icaoManufacturerRow('CESSNA')),
      remove(strangeRow('P1')),
      put(linkRow('9', '9', SKYHAWK)),
    ],
    batches: [
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      [13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23],
    ],
    quarantine: false,
    ports: [...SEARCH, ...IMAGES, ...MATCHER],
  },
  {
    name: 'poison in the middle of items: with a quarantine',
    writes: [
      put(n1('a')),
      put(n2('a')),
      put(one(SKYHAWK)),
      put(image('1')),
      undecodable(n1('b')),
      poison(one(SKYLANE)),
      poison(image('1', 'b')),
      put(two(SKYHAWK)),
      put(n1('c')),
      put(one(SKYHAWK)),
      put(image('1', 'c')),
      put(n2('b')),
      remove(n2('b')),
      put(n1('d')),
      put(image('2')),
    ],
    batches: [
      [0, 1, 2, 3],
      [4, 5, 6, 7, 8, 9, 10, 11],
      [12, 13, 14],
    ],
    quarantine: true,
    ports: [...SEARCH, ...IMAGES, ...MATCHER, 'quarantine.keep'],
  },
  {
    name: 'poison in the middle of an item: without a quarantine',
    writes: [put(n1('a')), put(one(SKYHAWK)), undecodable(n1('b')), put(image('1')), put(n1('c'))],
    batches: [[0, 1, 2, 3], [4]],
    quarantine: false,
    ports: [...SEARCH, ...IMAGES, ...MATCHER],
  },
  {
    name: 'several changes of one item in one batch',
    writes: [
      put(n1('a')),
      put(image('1')),
      put(one(SKYHAWK)),
      put(n1('b')),
      put(one(SKYLANE)),
      remove(image('1')),
      remove(n1('b')),
      remove(one(SKYLANE)),
      put(image('1', 'again')),
      put(n1('c')),
      put(one(SKYHAWK)),
      put(n2('a')),
      put(two(SKYHAWK)),
      put(image('2')),
      remove(n2('a')),
      remove(two(SKYHAWK)),
      remove(image('2')),
      put(one(SKYLANE)),
      put(one(SKYHAWK)),
    ],
    batches: [
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      [11, 12, 13, 14, 15, 16, 17, 18],
    ],
    quarantine: false,
    ports: [...SEARCH, ...IMAGES, ...MATCHER],
  },
  {
    name: 'two streams: the later one, with lower sequence numbers, read before the former is at its end',
    writes: [
      put(n1('a')),
      put(one(SKYHAWK)),
      put(image('1')),
      put(n2('a')),
      put(n1('b')),
      put(one(SKYLANE)),
      put(image('1', 'b')),
      remove(n2('a')),
      recreated(put(n1('c'))),
      put(one(SKYHAWK)),
      put(image('1', 'c')),
      put(n2('c')),
      remove(n1('c')),
      remove(one(SKYHAWK)),
      put(image('2')),
    ],
    batches: [
      [0, 1, 2, 3],
      [8, 9, 10, 11],
      [4, 5, 6, 7],
      [12, 13, 14],
    ],
    quarantine: false,
    ports: [...SEARCH, ...IMAGES, ...MATCHER],
  },
  {
    name: 'a batch delivered again, with its successors',
    writes: [
      put(n1('a')),
      put(one(SKYHAWK)),
      put(image('1')),
      put(n1('b')),
      put(one(SKYLANE)),
      put(image('2')),
      remove(n1('b')),
      remove(image('1')),
      remove(one(SKYLANE)),
    ],
    batches: [
      [0, 1, 2],
      [3, 4, 5],
      [0, 1, 2, 3, 4, 5, 6],
      [3, 4, 5, 6, 7, 8],
    ],
    quarantine: false,
    ports: [...SEARCH, ...IMAGES, ...MATCHER],
  },
];
