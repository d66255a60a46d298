import type {
  BringIntoLineDependencies,
  RowToBring,
} from '../../../src/application/bring-into-line/bring-into-line.ts';
import { SearchQueue } from '../../../src/application/ports/search-queue.ts';
import { SourceRows } from '../../../src/application/ports/source-rows.ts';
import type { CountMove, CountState } from '../../../src/domain/count-move.ts';
import { type ItemKey, itemKey } from '../../../src/domain/row.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import type { Attributes } from '../../../src/domain/value.ts';
import { compareVersions } from '../../../src/domain/version.ts';
import { ScriptedMatcher } from '../doubles.ts';
import type { FillWorld } from './fill-world.ts';

/** What a filler does wrong. */
export interface Mistake {
  readonly ports?: Partial<BringIntoLineDependencies>;
  /** What becomes of a page before it is brought into line. */
  readonly page?: (rows: readonly RowToBring[]) => readonly RowToBring[];
}

/** Each filler makes the mistake by itself. */
export const MISTAKES: Readonly<Record<string, (world: FillWorld) => Mistake>> = {
  'reads a row before its state, where they differ': (world) => {
    const rows = new RememberedRows(world.rows);
    return {
      ports: { rows },
      page: (page) => {
        for (const { key, scanned } of page) rows.seen.set(itemKey(key), scanned?.attributes);
        return page;
      },
    };
  },
  'writes without a condition': ({ matcher }) => ({
    ports: {
      matcher: matcherWith(matcher, {
        startsFrom: (from, stored) => stored && { ...(from ?? NOTHING), version: stored.version },
      }),
    },
  }),
  'takes two fills of one change for the same state': ({ matcher }) => ({
    ports: {
      matcher: matcherWith(matcher, {
        startsFrom: (from, stored) =>
          from !== undefined && stored !== undefined && isOfSameChange(from, stored)
            ? { ...from, version: stored.version }
            : from,
      }),
    },
  }),
  'reads pages inconsistently': ({ previous }) => ({
    page: (page) =>
      page.map(({ key, scanned }) => {
        const attributes = previous.get(itemKey(key)) ?? scanned?.attributes;
        return scanned === undefined || attributes === undefined
          ? { key }
          : { key, scanned: { ...scanned, attributes } };
      }),
  }),
  'has dropped the tombstones': ({ matcher }) => ({
    ports: {
      matcher: matcherWith(matcher, {
        isSeen: ({ removed }) => !removed,
        startsFrom: (from, stored) => (from === undefined && stored?.removed === true ? stored : from),
      }),
    },
  }),
  'begins again, and counts what was filled before a second time': ({ matcher }) => ({
    ports: {
      matcher: matcherWith(matcher, {
        isSeen: ({ version }) => version.fill === undefined,
        startsFrom: (from, stored) =>
          from === undefined && stored?.version.fill !== undefined
            ? { ...NOTHING, version: stored.version }
            : from,
      }),
    },
  }),
  'sends documents past their fences': ({ queue }) => ({ ports: { queue: new HastyQueue(queue) } }),
};

const NOTHING = { contributions: [], removed: false };

function isOfSameChange(a: CountState, b: CountState): boolean {
  const [change, other] = [a, b].map(({ version: { generation, epoch, sequence } }) => ({
    generation,
    epoch,
    sequence,
  }));
  return change !== undefined && other !== undefined && compareVersions(change, other) === 0;
}

interface Wrong {
  readonly isSeen?: (state: CountState) => boolean;
  /** What a move is taken to start from. */
  readonly startsFrom: (
    from: CountState | undefined,
    stored: CountState | undefined,
  ) => CountState | undefined;
}

function matcherWith(
  inner: FillWorld['matcher'],
  { isSeen = () => true, startsFrom }: Wrong,
): ScriptedMatcher {
  return new ScriptedMatcher({
    load: async (rows) =>
      (await inner.load(rows)).map((state) => (state && isSeen(state) ? state : undefined)),
    apply: async (moves) => {
      const stored = await inner.load(moves.map(({ source }) => source));
      return inner.apply(
        moves.map((move, index): CountMove => {
          const from = startsFrom(move.from as CountState | undefined, stored[index]);
          return { ...move, from };
        }),
      );
    },
  });
}

/** Each row as it was read first. */
class RememberedRows extends SourceRows {
  readonly seen = new Map<string, Attributes | undefined>();
  readonly #inner: SourceRows;

  constructor(inner: SourceRows) {
    super();
    this.#inner = inner;
  }

  override async read(keys: readonly ItemKey[]) {
    const now = await this.#inner.read(keys);
    return keys.map((key, index) => {
      const item = itemKey(key);
      if (!this.seen.has(item)) this.seen.set(item, now[index] as Attributes | undefined);
      return this.seen.get(item);
    });
  }
}

/** Sends each document as newer than all that the stream has. */
class HastyQueue extends SearchQueue {
  readonly #inner: SearchQueue;

  constructor(inner: SearchQueue) {
    super();
    this.#inner = inner;
  }

  override send(actions: readonly SearchAction[]) {
    return this.#inner.send(
      actions.map((action) => ({ ...action, version: { ...action.version, generation: 1 } })),
    );
  }
}
