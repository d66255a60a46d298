import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import { planRecords } from '../../src/application/plan-batch.ts';
import { coalesceSearch } from '../../src/domain/search-action.ts';
import { messageText } from '../../src/domain/search-message.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { workload } from './catalogue.ts';

/** The messages of new aircraft, each of a document of its own, as Contrail sends them. */
export function searchMessages(count: number): readonly string[] {
  const { batch } = workload('distinct documents', count, 0);
  const deliveries = batch.map((record) => toDelivery(record, fleet.model));
  return planRecords(deliveries, undefined).flatMap((state) => {
    if (state.status !== 'planned') throw new Error('a record of the workload was not planned');
    const action = coalesceSearch(state.commands.filter((command) => command.does === 'search'));
    return action === undefined ? [] : [messageText(action)];
  });
}

/** So many messages about the documents of these, which come again and again, newer each time. */
export function* repeated(messages: readonly string[], count: number, from: number): Generator<string> {
  const parts = messages.map((message) => {
    const { version } = JSON.parse(message) as { readonly version: { readonly sequence: string } };
    return { pieces: message.split(version.sequence), sequence: BigInt(version.sequence) };
  });
  for (let n = from; n < from + count; n++) {
    const { pieces, sequence } = parts[n % parts.length] as (typeof parts)[number];
    yield pieces.join(String(sequence + BigInt(n)));
  }
}
