import type { ProcessBatch } from '../../../src/application/process-batch.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { aWorker } from '../../application/worker.ts';
import {
  CalledImages,
  CalledMatcher,
  CalledQuarantine,
  CalledQueue,
  CalledReplica,
  type Ports,
} from './ports.ts';
import type { Mistake } from './mistakes.ts';
import type { Process } from './process.ts';
import type { Settings } from './settings.ts';

/** A worker whose calls go through its process. */
export function workerIn(
  process: Process,
  ports: Ports,
  { table, attempts }: Settings,
  mistake: Mistake,
): Pick<ProcessBatch, 'execute'> {
  const { queue, images, matcher, replica, quarantine } = mistake.worker(calledFrom(process, ports));
  return aWorker({
    queue: new CalledQueue(queue),
    images: new CalledImages(images),
    matcher: new CalledMatcher(matcher),
    replica: table === 'replica' ? new CalledReplica(replica) : 'none',
    ...(quarantine === undefined ? {} : { quarantine: new CalledQuarantine(quarantine) }),
    retries: { attempts },
  }).processBatch;
}

function calledFrom(process: Process, { queue, images, matcher, replica, quarantine }: Ports): Ports {
  return {
    queue: {
      send: (actions) => process.call('queue.send', actions, (some) => queue.send(some)),
    },
    images: {
      load: (entities) => process.call('images.load', entities, (some) => images.load(some)),
      save: (writes) => process.call('images.save', writes, (some) => images.save(some)),
    },
    matcher: {
      load: (links) => process.call('matcher.load', links, (some) => matcher.load(some)),
      apply: (moves) => process.call('matcher.apply', moves, (some) => matcher.apply(some)),
    },
    replica: {
      apply: async (changes) => {
        const results = await process.call('replica.apply', changes, async (some) => {
          const unconnected = new Set(await replica.apply(some));
          return some.map((change) => ({ change, isUnconnected: unconnected.has(change) }));
        });
        const fault = results.find((result) => Fault.is(result));
        if (fault !== undefined) throw fault;
        return results.flatMap((result) =>
          Fault.is(result) || !result.isUnconnected ? [] : [result.change],
        );
      },
    },
    quarantine: quarantine && {
      keep: (records) => process.call('quarantine.keep', records, (some) => quarantine.keep(some)),
    },
  };
}
