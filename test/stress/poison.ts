import type { Random } from '../../src/random/random.ts';
import type { EntityParts } from '../support/factories.ts';
import { faaRow, imageRow, type TableRow } from '../support/stream-records.ts';

/** A row that an application may well write, and no worker can ever handle. */
export interface PoisonKind {
  /**
   * Whether its key says what is to be derived from it, so that it must not stay until all is compared with the table, and
   * its removal is no poison.
   */
  readonly hasKey: boolean;
  /** Whether a later change of the row takes its place where both are handled at once. */
  readonly replaceable: boolean;
  readonly row: (entities: number, random: Random, note: string) => TableRow;
}

export const POISON_KINDS: readonly PoisonKind[] = [
  {
    hasKey: false,
    replaceable: false,
    row: (entities, random, url) => imageRow(someEntity(entities, random), '', { url }),
  },
  {
    hasKey: false,
    replaceable: false,
    row: (_, __, note) => faaRow('', { owner_name: note }),
  },
  {
    hasKey: true,
    replaceable: false,
    row: (entities, random, url) => ({
      ...imageRow(someEntity(entities, random), '01P', { url }),
      [random.pick(['org_id', 'entity_id', 'image_id'])]: 'another',
      // Larger than what some queues take of a message, until it is packed.
      caption: 'x'.repeat(random.chance(0.2) ? 300_000 : 10),
    }),
  },
  {
    hasKey: true,
    replaceable: true,
    // Each of the characters is six in JSON.
    row: (_, random, note) =>
      faaRow(`LARGE${random.int(0, 1)}`, { owner_name: note + '\u0001'.repeat(190_000) }),
  },
];

function someEntity(entities: number, random: Random): EntityParts {
  return { orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: `N${random.int(0, entities - 1)}` };
}
