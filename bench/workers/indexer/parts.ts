import { readSearchMessage } from '../../../src/adapters/json/read-search-message.ts';
import { TypesenseClient } from '../../../src/adapters/typesense/typesense-client.ts';
import { TypesenseSearchIndex } from '../../../src/adapters/typesense/typesense-search-index.ts';
import { INDEX_QUEUE_DEFAULTS } from '../../../src/application/index-queue.ts';
import { groupBy } from '../../../src/domain/coalesce.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import { searchSchemas } from '../../../src/domain/search-schemas.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { ModelledFences } from '../../model/modelled-fences.ts';
import { MAX_ENTRIES, type ModelledMessages } from '../../model/search-messages.ts';
import type { EngineAddress } from './engine-address.ts';

/** Messages that one receiver after the other takes and acknowledges, without looking at them. */
export async function passOn(source: ModelledMessages): Promise<void> {
  const receiver = async () => {
    for (;;) {
      const bodies = await source.take(MAX_ENTRIES);
      if (bodies.length === 0) return;
      await source.acknowledge(bodies);
    }
  };
  await Promise.all(Array.from({ length: INDEX_QUEUE_DEFAULTS.receivers }, receiver));
}

/** The actions of messages. */
export function readAll(messages: readonly string[]): readonly SearchAction[] {
  return messages.map((text) => {
    const action = readSearchMessage(text);
    if (Fault.is(action)) throw action;
    return action;
  });
}

/** Documents fitted into their schemas, and imported, as many at once as a batch of Contrail's has. */
export async function importAll(address: EngineAddress, actions: readonly SearchAction[]): Promise<void> {
  const index = new TypesenseSearchIndex(new TypesenseClient(address), searchSchemas(fleet.model.documents));
  for (const [collection, some] of groupBy(actions, ({ key }) => key.collection))
    for (const batch of batchesOf(some)) {
      const results = await index.apply(
        collection,
        batch.map(({ key: { id }, document, json, version }) => ({ id, document, json, version })),
      );
      if (results.some((result) => result !== 'done')) throw new Error('the engine refused documents');
    }
}

/** Fences read, and moved, of as many documents at once. */
export async function fenceAll(actions: readonly SearchAction[]): Promise<void> {
  const fences = new ModelledFences(0);
  for (const batch of batchesOf(actions)) {
    const found = await fences.load(batch.map(({ key }) => key));
    await fences.advance(
      batch.map(({ key, version }, n) => ({
        ...{ key, from: found[n] },
        to: { version, removed: false, revision: 0 },
      })),
    );
  }
}

function batchesOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  const { batchMax } = INDEX_QUEUE_DEFAULTS;
  const count = Math.ceil(items.length / batchMax);
  return Array.from({ length: count }, (_, n) => items.slice(n * batchMax, (n + 1) * batchMax));
}
