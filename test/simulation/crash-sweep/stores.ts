import { MemoryQuarantine } from '../../../src/adapters/memory/memory-quarantine.ts';
import { MemorySearchIndex } from '../../../src/adapters/memory/memory-search-index.ts';
import type { DefaultImageWrite } from '../../../src/application/ports/image-repository.ts';
import { equalRecords } from '../../../src/domain/value.ts';
import { memoryBackend } from '../../adapters/memory/memory-harness.ts';
import type { Ports } from './ports.ts';
import { Violation } from '../checks/violation.ts';

/** What outlives a worker's process, and the first thing that went wrong in it. */
export interface Stores extends ReturnType<typeof memoryBackend> {
  readonly quarantine: MemoryQuarantine;
  /** An index that got every action that was ever sent, as behind a queue that soon forgets what it has seen. */
  readonly forgetful: MemorySearchIndex;
  readonly violations: Violation[];
}

export function newStores(): Stores {
  return {
    ...memoryBackend(),
    quarantine: new MemoryQuarantine(),
    forgetful: new MemorySearchIndex(),
    violations: [],
  };
}

/** The stores' ports, where calls take effect: what must hold at every moment is checked there. */
export function watchedPorts(stores: Stores): Ports {
  const { queue, forgetful, images, matcher, table, quarantine, violations } = stores;
  return {
    queue: {
      send: (actions) => {
        forgetful.apply(actions);
        return queue.send(actions);
      },
    },
    images: {
      load: (entities) => images.load(entities),
      save: async (writes) => {
        const before = writes.map(({ view }) => table.defaultImage(view.entity));
        const results = await images.save(writes);
        for (const [index, write] of writes.entries()) checkWrite(stores, write, before[index]);
        return results;
      },
    },
    matcher: {
      load: (links) => matcher.load(links),
      apply: async (moves) => {
        const results = await matcher.apply(moves);
        for (const { tuple, count } of matcher.tupleCounts())
          if (!(count > 0))
            violations.push(new Violation('counts are above zero', `${JSON.stringify(tuple)}: ${count}`));
        return results;
      },
    },
    replica: table,
    quarantine,
  };
}

function checkWrite(
  { table, violations }: Stores,
  { view: { entity } }: DefaultImageWrite,
  was: ReturnType<Stores['table']['defaultImage']>,
): void {
  const is = table.defaultImage(entity);
  if (was === undefined || was.revision === is?.revision) return;
  if (is !== undefined && equalRecords(was.image.attributes, is.image.attributes))
    violations.push(new Violation('a default row is written only to change it', JSON.stringify(entity)));
  if (was.image.imageId !== is?.image.imageId && table.image(entity, was.image.imageId) !== undefined)
    violations.push(
      new Violation(
        'a default stays while its image does',
        `${JSON.stringify(entity)} goes from ${was.image.imageId} to ${is?.image.imageId ?? 'none'}`,
      ),
    );
}
