import type { Random } from '../../../src/fleet/feed/random.ts';
import type { StreamRecord, TableRow } from '../../support/stream-records.ts';
import { withDynamodb } from '../../support/stream-records.ts';
import type { Item } from '../world/items.ts';

/** One way in which a record is spoiled. */
export interface Spoil {
  readonly what: string;
  /** Whether the worker can no longer tell which item the record is of. */
  readonly hidesItem?: boolean;
  /** Whether the worker can no longer tell the stream where to go on. */
  readonly hidesSequence?: boolean;
  /** Whether the worker takes it for the record of another table or source: not poison, but not to be handled either. */
  readonly misdirected?: boolean;
  /** Whether it fails for the same reason whatever the row. */
  readonly sameReason?: boolean;
  /** The record spoiled; undefined where this way is none for it. */
  spoil(record: StreamRecord, of: Spoiled): unknown;
}

interface Spoiled {
  readonly item: Item;
  readonly before: TableRow | undefined;
  readonly after: TableRow | undefined;
  /** Whether the worker reads whole rows, and not only what it needs. */
  readonly replicated: boolean;
}

/** A record as it is delivered, and how it is spoiled. */
interface Spoilt {
  readonly record: unknown;
  readonly spoil: Spoil;
}

const SPOILS: readonly Spoil[] = [
  {
    what: 'a number that is none in the new image',
    spoil: (record, { item, after, replicated }) => {
      const name = item.link === undefined ? item.indexed.at(-1) : 'manufacturer';
      if (after === undefined || !isRecognised(item)) return undefined;
      if (name !== undefined) return withAttribute(record, 'NewImage', name, { N: '1,5' });
      return replicated ? withAttribute(record, 'NewImage', 'extra', { N: '' }) : undefined;
    },
  },
  {
    // Not of removals: they go through, whatever the row held.
    what: 'a string that is none in the old image',
    spoil: (record, { item, before, after }) => {
      const name = item.indexed.at(0);
      return before === undefined || after === undefined || name === undefined
        ? undefined
        : withAttribute(record, 'OldImage', name, { S: 5 });
    },
  },
  {
    what: 'an attribute that nobody indexes, of an unknown type',
    spoil: (record, { item, after, replicated }) =>
      replicated && isRecognised(item) && after !== undefined
        ? withAttribute(record, 'NewImage', 'extra', { X: 'y' })
        : undefined,
  },
  {
    what: 'no SequenceNumber',
    hidesSequence: true,
    sameReason: true,
    spoil: (record) => withDynamodb(record, { SequenceNumber: undefined }),
  },
  {
    what: 'a SequenceNumber of letters',
    hidesSequence: true,
    spoil: (record) => withDynamodb(record, { SequenceNumber: '12x' }),
  },
  {
    what: 'no keys',
    hidesItem: true,
    sameReason: true,
    spoil: (record) => withDynamodb(record, { Keys: undefined }),
  },
  {
    what: 'a sort key that is a number',
    hidesItem: true,
    misdirected: true,
    spoil: (record) => withDynamodb(record, { Keys: { PK: { S: 'FAA#LINKS' }, SK: { N: '1' } } }),
  },
  {
    what: 'a number instead of a record',
    hidesItem: true,
    hidesSequence: true,
    misdirected: true,
    spoil: ({ dynamodb }) => Number(BigInt(String(dynamodb['SequenceNumber'])) % 1_000_000_007n),
  },
  {
    what: 'a text instead of a record',
    hidesItem: true,
    hidesSequence: true,
    misdirected: true,
    spoil: ({ dynamodb }) => `{"dynamodb":{"SequenceNumber":"${String(dynamodb['SequenceNumber'])}"`,
  },
  {
    what: 'a list instead of a record',
    hidesItem: true,
    hidesSequence: true,
    misdirected: true,
    spoil: (record) => [record],
  },
  {
    what: 'no dynamodb',
    hidesItem: true,
    hidesSequence: true,
    misdirected: true,
    spoil: ({ eventID, eventName }) => ({ eventID, eventName }),
  },
  {
    what: 'an unknown eventName',
    sameReason: true,
    spoil: (record) => ({ ...record, eventName: 'UPSERT' }),
  },
  {
    what: 'no new image',
    spoil: (record, { item, after }) =>
      after === undefined || !isRecognised(item) ? undefined : withDynamodb(record, { NewImage: undefined }),
  },
  {
    what: 'the keys of another row in its image',
    spoil: (record, { item, after }) =>
      after === undefined || !isRecognised(item)
        ? undefined
        : withAttribute(record, 'NewImage', 'SK', { S: 'DETAIL#other' }),
  },
  {
    what: 'an unknown view type',
    spoil: (record, { item }) =>
      isRecognised(item) ? withDynamodb(record, { StreamViewType: 'EVERYTHING' }) : undefined,
  },
  {
    what: 'an image that contradicts its key',
    spoil: (record, { item, after }) =>
      item.kind === 'image' && after !== undefined
        ? withAttribute(record, 'NewImage', 'entity_id', { S: 'other' })
        : undefined,
  },
];

/** Spoils a record in the way of that name. */
export function spoilAs(what: string, record: StreamRecord, of: Spoiled): Spoilt {
  const way = SPOILS.find((one) => one.what === what);
  const spoiled = way?.spoil(record, of);
  if (way === undefined || spoiled === undefined) throw new Error(`no record of ${of.item.key} has ${what}`);
  return { record: spoiled, spoil: way };
}

/**
 * Spoils a record in one of the ways that are possible for it.
 *
 * @param may the ways that there are.
 */
export function spoil(
  record: StreamRecord,
  of: Spoiled,
  random: Random,
  may: (way: Spoil) => boolean,
): Spoilt {
  const ways = SPOILS.filter(may);
  for (;;) {
    const way = random.pick(ways);
    const spoiled = way.spoil(record, of);
    if (spoiled !== undefined) return { record: spoiled, spoil: way };
  }
}

function isRecognised({ kind }: Item): boolean {
  return kind !== 'strange' && kind !== 'malformed';
}

function withAttribute(record: StreamRecord, image: 'NewImage' | 'OldImage', name: string, value: unknown) {
  const attributes = record.dynamodb[image] as object;
  return withDynamodb(record, { [image]: { ...attributes, [name]: value } });
}
