import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { EffectLog } from '../../../../application/ports/effect-log.ts';
import type { Result } from '../../../../application/result.ts';
import type { EffectMove, EffectRow, EffectState } from '../../../../domain/effect.ts';
import type { Fault } from '../../../../domain/fault.ts';
import { loadStates } from '../load-states.ts';
import { formFault, type StateRow, versionIn } from '../state-row.ts';
import type { StateTable } from '../state-table.ts';
import { advance } from './advance.ts';

/**
 * Up to where effects have run, in DynamoDB: a state row for each row and effect. Notes are written a hundred to a
 * transaction, which a row whose state has moved does not keep from the others; a note that has a write of its effect's own is in a
 * transaction with that, and with nothing else.
 */
export class ElectroDbEffectLog extends EffectLog {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: StateTable;

  constructor(client: DynamoDBDocumentClient, table: StateTable) {
    super();
    this.#client = client;
    this.#table = table;
  }

  override async load(
    rows: readonly EffectRow[],
    signal?: AbortSignal,
  ): Promise<readonly (EffectState | undefined | Fault)[]> {
    const { usualStateKey } = await loadedKeys();
    const read = (row: StateRow, index: number) =>
      formFault((rows[index] as EffectRow).model.name, row) ?? {
        version: versionIn(row),
        removed: row.removed,
      };
    return loadStates(this.#client, this.#table, rows.map(usualStateKey), read, signal);
  }

  override async advance(moves: readonly EffectMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    const { usualStateKey } = await loadedKeys();
    return advance({ client: this.#client, ...this.#table, keyOf: usualStateKey }, moves, signal);
  }
}

/** ElectroDB makes the keys of states, and is loaded with the first batch that has effects: a cold start can do without it. */
function loadedKeys() {
  return import('../keys.ts');
}
