import { MemorySearchIndex } from '../../../src/adapters/memory/memory-search-index.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { portsWith } from '../../../src/simulation/world/ports.ts';

export const mutant: Mutant = {
  mistake:
    'Documents are compared with what the worker has noted that it sent, and not with what the index holds.',
  commands: true,
  variant: () => {
    const sent = new MemorySearchIndex();
    const documents = (collection: string) =>
      [...sent.documents()].filter(({ key }) => key.collection === collection);
    return {
      stores: (stores) =>
        portsWith(stores, {
          'queue.send': (send) => async (actions, signal) => {
            const results = await send(actions, signal);
            sent.apply(actions.filter((_, index) => results[index] === 'done'));
            return results;
          },
        }),
      commands: (ports) => ({
        ...ports,
        index: {
          apply: ports.index.apply.bind(ports.index),
          read: async (collection, ids) =>
            ids.map((id) => {
              const found = documents(collection).find(({ key }) => key.id === id);
              return found && { ...found.fields, id };
            }),
          async *documents(collection) {
            for (const { key, fields } of documents(collection))
              yield { id: key.id, fields: { ...fields, id: key.id } };
          },
        },
      }),
    };
  },
};
