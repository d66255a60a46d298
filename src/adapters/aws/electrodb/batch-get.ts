import { setTimeout as sleep } from 'node:timers/promises';
import { createConversions } from 'electrodb';
import { Fault } from '../../../domain/fault.ts';

/** An item's key as the table has it. */
export interface RawKey {
  readonly PK: string;
  readonly SK: string;
}

/** The part of an ElectroDB entity that batch reads use. */
interface BatchReadable {
  get(keys: readonly object[]): {
    go(options: typeof OPTIONS): Promise<{ data: ({ Item: unknown } | null)[]; unprocessed: unknown[] }>;
  };
}

/** Rows come as the table has them: what their attributes say of their keys may be wrong. */
const OPTIONS = {
  consistent: true,
  ignoreOwnership: true,
  originalErr: true,
  data: 'raw',
  unprocessed: 'raw',
} as const;

const ATTEMPTS = 8;
const BASE_MS = 25;
const CAP_MS = 1_000;

/**
 * Reads items consistently, a hundred a request, asking again for those that DynamoDB left unprocessed, after a
 * pause with full jitter. One result a key, in the order of the keys; undefined where there is no item.
 *
 * @throws Fault `transient` when keys are still unprocessed after the last attempt.
 */
export async function readAll<Row extends RawKey>(
  electroEntity: object,
  keys: readonly object[],
): Promise<(Row | undefined)[]> {
  // ElectroDB gives every entity a type of its own, and no common one.
  const entity = electroEntity as BatchReadable;
  const { fromComposite } = createConversions(electroEntity as never);
  const names = keys.map((key) => nameOf(fromComposite.toKeys<RawKey>(key)));
  const keyByName = new Map(names.map((name, index) => [name, keys[index] as object]));
  const rows = new Map<string, Row>();
  let pending = [...keyByName.values()];
  for (let attempt = 0; pending.length > 0; attempt++) {
    if (attempt === ATTEMPTS) {
      const message = `DynamoDB left ${pending.length} of ${keys.length} keys unread after ${ATTEMPTS} attempts`;
      throw new Fault('transient', message);
    }
    if (attempt > 0) await sleep(jitter(attempt));
    const { data, unprocessed } = await entity.get(pending).go(OPTIONS);
    for (const found of data) if (found !== null) rows.set(nameOf(found.Item as RawKey), found.Item as Row);
    pending = unprocessed.flatMap((raw) => keyByName.get(nameOf(raw as RawKey)) ?? []);
  }
  return names.map((name) => rows.get(name));
}

/** Milliseconds to wait before an attempt: anything up to a bound that doubles each time. */
export function jitter(attempt: number): number {
  return Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt);
}

function nameOf({ PK, SK }: RawKey): string {
  return JSON.stringify([PK, SK]);
}
