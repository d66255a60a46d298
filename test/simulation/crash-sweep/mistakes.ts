import { compareSequences } from '../../../src/domain/version.ts';
import type { handleEvent } from '../../../src/entrypoints/lambda/handle-event.ts';
import type { Ports } from './ports.ts';
import type { Stores } from './stores.ts';

/** The parts of the worker's world that a known mistake replaces. Made anew for every run. */
export interface Mistake {
  /** The ports as a worker calls them, before a call goes out. */
  worker(ports: Ports): Ports;
  /** The ports where calls take effect. */
  stores(ports: Ports, stores: Stores): Ports;
  /** What the handler answers. */
  answer(response: Awaited<ReturnType<typeof handleEvent>>, failed: readonly string[]): typeof response;
}

export const NO_MISTAKE = (): Mistake => ({
  worker: (ports) => ports,
  stores: (ports) => ports,
  answer: (response) => response,
});

/** Mistakes that the sweep must find, by what is wrong. */
export const MISTAKES: Readonly<Record<string, () => Partial<Mistake>>> = {
  'a tuple is left and the next one taken in two transactions': () => ({
    worker: (ports) => ({
      ...ports,
      matcher: {
        load: (links) => ports.matcher.load(links),
        apply: async (moves) => {
          const left = await ports.matcher.apply(
            moves.map(({ link, from, to }) => ({ link, from, to: { ...to, tuple: undefined } })),
          );
          const taken = await ports.matcher.apply(
            moves.map(({ link, to }) => ({ link, from: { ...to, tuple: undefined }, to })),
          );
          return moves.map((_, at) => (left[at] === 'done' ? taken[at] : left[at])!);
        },
      },
    }),
  }),
  'a search action is claimed before it is sent': () => {
    const claimed = new Set<string>();
    return {
      worker: (ports) => ({
        ...ports,
        queue: {
          send: async (actions) => {
            const isNew = actions.map(({ identity, key }) => {
              const claim = JSON.stringify([identity, key]);
              return !claimed.has(claim) && claimed.add(claim).has(claim);
            });
            const results = [...(await ports.queue.send(actions.filter((_, at) => isNew[at])))];
            return isNew.map((wasNew) => (wasNew ? results.shift()! : 'done'));
          },
        },
      }),
    };
  },
  'a default row is written unconditionally': () => ({
    stores: (ports, { table }) => ({
      ...ports,
      images: {
        load: (entities) => ports.images.load(entities),
        save: async (writes) =>
          writes.map(({ view: { entity }, image }) => {
            table.writeDefaultImage(entity, table.defaultImage(entity)?.revision, image);
            return 'done';
          }),
      },
    }),
  }),
  'a default row is written on its revision only': () => ({
    stores: (ports, { table }) => ({
      ...ports,
      images: {
        load: (entities) => ports.images.load(entities),
        save: async (writes) =>
          writes.map(({ view: { entity, revision }, image }) =>
            table.writeDefaultImage(entity, revision, image) ? 'done' : 'conflict',
          ),
      },
    }),
  }),
  'the highest failed record is reported': () => ({
    answer: (response, failed) => {
      const highest = [...failed].sort(compareSequences).at(-1);
      return highest === undefined ? response : { batchItemFailures: [{ itemIdentifier: highest }] };
    },
  }),
  'poison counts as kept whatever the quarantine says': () => ({
    worker: (ports) => ({
      ...ports,
      quarantine: ports.quarantine && {
        keep: async (records) => {
          await ports.quarantine?.keep(records).catch(() => undefined);
          return records.map(() => 'done');
        },
      },
    }),
  }),
  'faults of single search actions are taken for success': () => ({
    worker: (ports) => ({
      ...ports,
      queue: {
        send: async (actions) => {
          await ports.queue.send(actions);
          return actions.map(() => 'done');
        },
      },
    }),
  }),
};
