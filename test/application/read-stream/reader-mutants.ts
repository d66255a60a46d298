import type { Advance, ShardStates } from '../../../src/application/ports/shard-states.ts';
import type { ShardListing, SourcePage, StreamSource } from '../../../src/application/ports/stream-source.ts';
import { compareTexts } from '../../../src/domain/compare-texts.ts';
import { compareSequences } from '../../../src/domain/version.ts';
import { sourceWith, statesWith } from '../../../src/simulation/reader/calls.ts';
import type { ModelledRecord } from '../../../src/simulation/reader/modelled-stream.ts';
import type { Variant } from './reader-world.ts';

/** A source with some methods made anew. */
function source(change: (source: StreamSource) => Partial<StreamSource>): Variant {
  return {
    source: (inner) =>
      Object.assign(
        sourceWith(inner, (_, make) => make()),
        change(inner),
      ),
  };
}

function states(change: (states: ShardStates) => Partial<ShardStates>): Variant {
  return { states: (inner) => Object.assign(statesWithSignal(inner), change(inner)) };
}

/** `statesWith` leaves signals to who stands around. */
function statesWithSignal(inner: ShardStates): ShardStates {
  return statesWith(inner, (_, make) => make());
}

function shardOf(iterator: string): string {
  return (JSON.parse(iterator) as { shard: string }).shard;
}

const END: SourcePage = { is: 'page', records: [], next: undefined };

/** A listing that is made anew only now and then. */
function remembered(isOld: () => boolean): Variant {
  let known: ShardListing | undefined;
  return source((inner) => ({
    list: async (_, signal) => {
      if (known !== undefined && !isOld()) return known;
      const shards = [];
      for (let after: string | undefined; ;) {
        const page = await inner.list({ after }, signal);
        if (page === undefined) return undefined;
        shards.push(...page.shards);
        if (page.next === undefined) return (known = { ...page, shards });
        after = page.next;
      }
    },
  }));
}

/** Mistakes of other readers, each made anew for each process. */
export const READER_MUTANTS: Readonly<Record<string, () => Variant>> = {
  /** Only the first page of shards is read (ironSource #14, redpanda connect #4489). */
  'first-page-of-shards': () =>
    source((inner) => ({
      list: async (request, signal) => {
        const page = await inner.list(request, signal);
        return page && { ...page, next: undefined };
      },
    })),

  /** Records on a shard's last page are dropped (teleport #53795). */
  'last-page-dropped': () =>
    source((inner) => ({
      records: async (...call) => {
        const page = await inner.records(...call);
        return page.is === 'page' && page.next === undefined ? END : page;
      },
    })),

  /** A child is read beside its parent (artie #422). */
  'child-beside-parent': () =>
    states((inner) => ({
      load: async (...call) => (await inner.load(...call)).map((state) => ({ ...state, parent: undefined })),
    })),

  /** Children are started at the latest record (connect #4687). */
  'children-at-latest': () =>
    source((inner) => ({
      iterator: (shard, position, signal) => {
        const isBeginning = position === 'beginning' || (typeof position === 'object' && 'at' in position);
        return inner.iterator(shard, isBeginning ? 'latest' : position, signal);
      },
    })),

  /** The checkpoint is saved when it is read (dynamodb-streams-readable). */
  'saved-when-read': () => {
    const read = new Map<string, string>();
    return {
      ...source((inner) => ({
        records: async (iterator, ...call) => {
          const page = await inner.records(iterator, ...call);
          const last = page.is === 'page' ? page.records.at(-1) : undefined;
          if (last !== undefined) read.set(shardOf(iterator), last.sequence);
          return page;
        },
      })),
      ...frontiersAt(read),
    };
  },

  /** The checkpoint is the highest that is acknowledged (connect #4510). */
  'highest-acknowledged': () => {
    const highest = new Map<string, string>();
    return {
      ...frontiersAt(highest),
      handle: (handle) => async (records, limit) => {
        const results = await handle(records, limit);
        for (const [index, record] of (records as readonly ModelledRecord[]).entries()) {
          const { shard, sequence } = record;
          if (results[index] === 'done' && compareSequences(sequence, highest.get(shard) ?? '0') > 0)
            highest.set(shard, sequence);
        }
        return results;
      },
    };
  },

  /** Any error of an iterator completes the shard (data-prepper #5413). */
  'error-completes': () =>
    source((inner) => ({
      records: (...call) => inner.records(...call).catch(() => END),
    })),

  /** An expired iterator is replaced by the latest (ironSource). */
  'expired-to-latest': () => {
    const expired = new Set<string>();
    return source((inner) => ({
      iterator: (shard, position, signal) =>
        inner.iterator(shard, expired.delete(shard) ? 'latest' : position, signal),
      records: async (iterator, ...call) => {
        const page = await inner.records(iterator, ...call);
        if (page.is === 'expired') expired.add(shardOf(iterator));
        return page;
      },
    }));
  },

  /** An expired iterator is tried for ever (connect #4545). */
  'expired-for-ever': () =>
    source((inner) => ({
      records: async (...call) => {
        const page = await inner.records(...call);
        if (page.is === 'expired') throw new Error('expired');
        return page;
      },
    })),

  /** A trimmed position is skipped in silence (KCL adapter, floci #3412). */
  'trimmed-in-silence': () =>
    source((inner) => ({
      iterator: async (shard, position, signal) => {
        const found = await inner.iterator(shard, position, signal);
        return found.is === 'trimmed' ? inner.iterator(shard, 'horizon', signal) : found;
      },
      records: async (iterator, ...call) => {
        const page = await inner.records(iterator, ...call);
        return page.is === 'trimmed' ? { is: 'expired' } : page;
      },
    })),

  /** A missing parent is taken for finished (KCL #150). */
  'missing-parent-finished': () =>
    states((inner) => ({
      noteGaps: async (stream, gaps, signal) =>
        inner.noteGaps(
          stream,
          gaps.filter(({ reason }) => reason !== 'vanished'),
          signal,
        ),
    })),

  /** Shards are listed only when nothing is left to read (apache/camel #24861). */
  'listed-when-nothing-is-left': () => {
    const open = new Set<string>();
    const listed = remembered(() => open.size === 0);
    const read = source((inner) => ({
      records: async (iterator, ...call) => {
        const page = await inner.records(iterator, ...call);
        const isEnd = page.is === 'page' && page.next === undefined;
        open[isEnd ? 'delete' : 'add'](shardOf(iterator));
        return page;
      },
    }));
    return { source: (inner) => listed.source!(read.source!(inner)) };
  },

  /** Children are found on restart only (dynamodb-streams-kinesis-adapter #20). */
  'listed-once': () => remembered(() => false),

  /** A position after a number, without one (apache/camel #24861). */
  'after-no-number': () =>
    source((inner) => ({
      iterator: (shard, position, signal) =>
        inner.iterator(shard, typeof position === 'string' ? { after: 'null' } : position, signal),
    })),

  /** A checkpoint whose records are gone is saved again and again (spiceai #10754). */
  'dead-checkpoint-saved': () => {
    const dead = new Map<string, string | undefined>();
    return states((inner) => ({
      noteGaps: (stream, gaps, signal) => {
        for (const { shard, after } of gaps) if (shard !== undefined) dead.set(shard, after);
        return inner.noteGaps(stream, gaps, signal);
      },
      advance: (stream, moves, signal) =>
        inner.advance(
          stream,
          moves.map((move): Advance =>
            dead.has(move.shard) ? { ...move, frontier: dead.get(move.shard), complete: undefined } : move,
          ),
          signal,
        ),
    }));
  },

  /** Positions are counted by index (floci #3313). */
  'positions-by-index': () => {
    const counts = new Map<string, number>();
    const toSkip = new Map<string, number>();
    return source((inner) => ({
      iterator: async (shard, position, signal) => {
        const count = counts.get(shard) ?? 0;
        if (typeof position === 'string' || count === 0) return inner.iterator(shard, position, signal);
        toSkip.set(shard, count);
        return inner.iterator(shard, 'horizon', signal);
      },
      records: async (iterator, ...call) => {
        const page = await inner.records(iterator, ...call);
        if (page.is !== 'page') return page;
        const shard = shardOf(iterator);
        const skipped = Math.min(page.records.length, toSkip.get(shard) ?? 0);
        toSkip.set(shard, (toSkip.get(shard) ?? 0) - skipped);
        const records = page.records.slice(skipped);
        counts.set(shard, (counts.get(shard) ?? 0) + records.length);
        return { ...page, records };
      },
    }));
  },

  /** Sequence numbers are compared as texts (redpanda connect `input_cdc.go`). */
  'numbers-as-texts': () => {
    const last = new Map<string, string>();
    return source((inner) => ({
      records: async (iterator, ...call) => {
        const page = await inner.records(iterator, ...call);
        if (page.is !== 'page') return page;
        const shard = shardOf(iterator);
        const records = page.records.filter(({ sequence }) => {
          if (compareTexts(sequence, last.get(shard) ?? '') <= 0) return false;
          last.set(shard, sequence);
          return true;
        });
        return { ...page, records };
      },
    }));
  },

  /** A listing that breaks off is taken for a whole one. */
  'partial-listing-for-whole': () =>
    source((inner) => ({
      list: (request, signal) =>
        inner.list(request, signal).catch((error: unknown) => {
          if (request.after === undefined) throw error;
          return { shards: [], next: undefined, enabled: true };
        }),
    })),
};

/** Frontiers are saved where they are said to be, not where the reader says. */
function frontiersAt(frontiers: ReadonlyMap<string, string>): Variant {
  return states((inner) => ({
    advance: (stream, moves, signal) =>
      inner.advance(
        stream,
        moves.map((move) => ({ ...move, frontier: frontiers.get(move.shard) ?? move.frontier })),
        signal,
      ),
  }));
}
