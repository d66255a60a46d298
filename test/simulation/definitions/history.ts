import { Writable } from 'node:stream';
import type { TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { createMemoryWorker, type MemoryWorker } from '../../../src/entrypoints/memory-worker.ts';
import type { Random } from '../../../src/random/random.ts';
import type { MadeItem } from '../../../src/simulation/rows/make-items.ts';
import type { Image } from '../../../src/simulation/rows/image.ts';
import { derivedItems, type Item } from './derived-feed.ts';

type Record = ReturnType<typeof recordOf>;

const STREAM = 'arn:aws:dynamodb:eu-central-1:123456789012:table/any/stream/2026-01-05T09:00:00.000';

function recordOf(sequence: number, keys: Image, before: Image | undefined, after: Image | undefined) {
  return {
    eventID: `event ${sequence}`,
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventSourceARN: STREAM,
    dynamodb: {
      ApproximateCreationDateTime: 1767603600,
      Keys: keys,
      ...(before && { OldImage: before }),
      ...(after && { NewImage: after }),
      SequenceNumber: String(sequence),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  };
}

/** What is done to a table's items, one thing after the other: each is written, and often goes back to what it was. */
export function historyOf(items: readonly MadeItem[], steps: number, random: Random): readonly Record[] {
  const held = new Map<MadeItem, Image>();
  const records: Record[] = [];
  for (let step = 0; step < steps; step++) {
    const item = random.pick(items);
    const before = held.get(item);
    const after = random.chance(0.25) ? undefined : random.pick(item.rows).image;
    if (before === after) continue;
    if (after === undefined) held.delete(item);
    else held.set(item, after);
    records.push(recordOf(100 + step, item.keys, before, after));
  }
  return records;
}

/**
 * Delivers records in batches, some late and some again, and what is derived in the same table after each batch, as the
 * table's stream would bring it.
 *
 * @returns the messages of what failed.
 */
export async function deliver(
  definition: TableDefinition,
  records: readonly Record[],
  random: Random,
): Promise<{ readonly worker: MemoryWorker; readonly failures: readonly string[] }> {
  const failures: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (line: string, _, done) => {
      failures.push(line);
      done();
    },
  });
  const worker = createMemoryWorker({
    definition,
    log: { level: 'error', stream, readable: true },
  });
  const handle = async (Records: readonly Record[]) => {
    const { batchItemFailures } = await worker.handler({ Records });
    if (batchItemFailures.length > 0) failures.push(JSON.stringify(batchItemFailures));
    worker.drain();
  };
  const left = [...records];
  const done: Record[] = [];
  let derived: ReadonlyMap<string, Item> = new Map();
  let sequence = 1_000_000;
  while (left.length > 0) {
    const batch = Array.from({ length: random.int(1, 8) }, () =>
      // Mostly in order; now and then a later one comes first, so that those before it are late.
      left.splice(random.chance(0.8) ? 0 : random.int(0, Math.min(6, left.length - 1)), 1),
    ).flat();
    const again =
      done.length > 0 && random.chance(0.4) ? Array.from({ length: 3 }, () => random.pick(done)) : [];
    await handle([...batch, ...again]);
    done.push(...batch);
    for (let depth = 0; depth < 8; depth++) {
      const now = await derivedItems(worker.state, definition.model.keys);
      const fed = changesBetween(derived, now).map(({ keys, before, after }) =>
        recordOf(sequence++, keys, before, after),
      );
      derived = now;
      if (fed.length === 0) break;
      await handle(fed);
      done.push(...fed);
    }
  }
  return { worker, failures };
}

function changesBetween(before: ReadonlyMap<string, Item>, after: ReadonlyMap<string, Item>) {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    if (JSON.stringify(was?.image) === JSON.stringify(is?.image)) return [];
    return [{ keys: (is ?? was)!.keys, before: was?.image, after: is?.image }];
  });
}
