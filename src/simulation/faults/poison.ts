import type { Random } from '../../random/random.ts';
import type { Attributes } from '../../domain/value.ts';
import type { EncodedValue } from '../../adapters/dynamodb-stream/encode-value.ts';
import type { Image } from '../rows/image.ts';
import type { Item } from '../world/item.ts';
import { type StreamRecord, withDynamodb } from '../world/stream-record.ts';

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

/** A change whose record is spoiled. */
export interface Spoiled {
  readonly item: Item;
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
  /** Whether the worker reads whole rows, and not only what it needs. */
  readonly replicated: boolean;
}

/** A record as it is delivered, and how it is spoiled. */
interface Spoilt {
  readonly record: unknown;
  readonly spoil: Spoil;
}

/** What is known of a subject's rows, for ways to spoil them. Names of attributes; undefined where there is none. */
export interface SpoilHints {
  /** What the worker reads of the row after the change, whatever it decides. */
  readonly readOfNew: (of: Spoiled) => string | undefined;
  /** What it reads of the row before a change that does not remove it. */
  readonly readOfOld: (of: Spoiled) => string | undefined;
  /** What a pointer repeats of the row's key. */
  readonly inKey: (of: Spoiled) => string | undefined;
}

/** The ways to spoil records of a subject. */
export function spoilsOf({ readOfNew, readOfOld, inKey }: SpoilHints): readonly Spoil[] {
  return [
    {
      what: 'a number that is none in the new image',
      spoil: (record, of) => {
        const { item, after, replicated } = of;
        if (after === undefined || !item.isRecognised) return undefined;
        const name = readOfNew(of);
        if (name !== undefined) return withAttribute(record, 'NewImage', name, { N: '1,5' });
        return replicated ? withAttribute(record, 'NewImage', 'extra', { N: '' }) : undefined;
      },
    },
    {
      // Not of removals: they go through, whatever the row held.
      what: 'a string that is none in the old image',
      spoil: (record, of) => {
        const { before, after } = of;
        const name = readOfOld(of);
        return before === undefined || after === undefined || name === undefined
          ? undefined
          : withAttribute(record, 'OldImage', name, { S: 5 });
      },
    },
    {
      what: 'an attribute that nobody indexes, of an unknown type',
      spoil: (record, { item, after, replicated }) =>
        replicated && item.isRecognised && after !== undefined
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
      what: 'a key of another type',
      hidesItem: true,
      misdirected: true,
      spoil: (record) => withDynamodb(record, { Keys: otherTyped(record.dynamodb['Keys'] as Image) }),
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
        after === undefined || !item.isRecognised ? undefined : withDynamodb(record, { NewImage: undefined }),
    },
    {
      what: 'the keys of another row in its image',
      spoil: (record, { item, after }) =>
        after === undefined || !item.isRecognised
          ? undefined
          : withDynamodb(record, { NewImage: withOtherKey(record) }),
    },
    {
      what: 'an unknown view type',
      spoil: (record, { item }) =>
        item.isRecognised ? withDynamodb(record, { StreamViewType: 'EVERYTHING' }) : undefined,
    },
    {
      what: 'an image that contradicts its key',
      spoil: (record, of) => {
        const name = of.after === undefined ? undefined : inKey(of);
        return name === undefined ? undefined : withAttribute(record, 'NewImage', name, { S: 'other' });
      },
    },
  ];
}

/** Spoils a record in the way of that name. */
export function spoilAs(spoils: readonly Spoil[], what: string, record: StreamRecord, of: Spoiled): Spoilt {
  const way = spoils.find((one) => one.what === what);
  const spoiled = way?.spoil(record, of);
  if (way === undefined || spoiled === undefined) throw new Error(`no record of ${of.item.key} has ${what}`);
  return { record: spoiled, spoil: way };
}

/** Spoils a record in one of those ways that are possible for it. */
export function spoil(ways: readonly Spoil[], record: StreamRecord, of: Spoiled, random: Random): Spoilt {
  for (;;) {
    const way = random.pick(ways);
    const spoiled = way.spoil(record, of);
    if (spoiled !== undefined) return { record: spoiled, spoil: way };
  }
}

/** The last attribute of the key, of a type that no table of such keys has. */
function otherTyped(keys: Image): Image {
  const [name, value] = Object.entries(keys).at(-1) as [string, EncodedValue];
  return { ...keys, [name]: 'N' in value ? { S: '1' } : { N: '1' } };
}

function withOtherKey({ dynamodb }: StreamRecord): Image {
  const [name, value] = Object.entries(dynamodb['Keys'] as Image).at(-1) as [string, EncodedValue];
  const other =
    'N' in value
      ? { N: value.N === '12345' ? '1' : '12345' }
      : 'B' in value
        ? { B: 'b3RoZXI=' }
        : { S: 'DETAIL#other' };
  return { ...(dynamodb['NewImage'] as Image), [name]: other };
}

function withAttribute(record: StreamRecord, image: 'NewImage' | 'OldImage', name: string, value: unknown) {
  const attributes = record.dynamodb[image] as object;
  return withDynamodb(record, { [image]: { ...attributes, [name]: value } });
}
