import { toDelivery } from '../../../src/adapters/dynamodb-stream/to-delivery.ts';
import type { DerivedState } from '../../../src/application/ports/derived-state.ts';
import type { Drift } from '../../../src/application/verify/verify.ts';
import { equalRecords, type Value } from '../../../src/domain/value.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { streamRecord, type TableRow } from '../../support/stream-records.ts';

/** Where a replica's rows are not those of its table: it is what everything is compared with. */
export async function missingRows(state: DerivedState, rows: readonly TableRow[]): Promise<readonly Drift[]> {
  const drift: Drift[] = [];
  const note = (problem: Drift['problem'], what: string) =>
    drift.push({ derivation: 'replica', problem, what });
  const found = new Map<string, Readonly<Record<string, Value>>>();
  for await (const row of state.rows()) {
    const attributes = Object.fromEntries(row.all());
    found.set(nameOf(attributes), attributes);
  }
  for (const row of rows) {
    const delivery = toDelivery(streamRecord({ after: row }), fleet.model);
    if (delivery.kind !== 'change' || typeof delivery.change.after === 'string') continue;
    const expected = Object.fromEntries(delivery.change.after.all());
    const name = nameOf(expected);
    const there = found.get(name);
    found.delete(name);
    if (there === undefined) note('missing', name);
    else if (!equalRecords(there, expected)) note('wrong', name);
  }
  for (const name of found.keys()) note('extra', name);
  return drift;
}

function nameOf({ PK, SK }: Readonly<Record<string, Value>>): string {
  return JSON.stringify([PK, SK]);
}
