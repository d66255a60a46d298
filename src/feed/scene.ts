import type { Agenda } from './agenda.ts';
import type { Expiries } from './expiries.ts';
import type { Random } from './random.ts';
import type { Table } from './table.ts';

/** What all that happens to the table shares. */
export interface Scene {
  readonly table: Table;
  readonly random: Random;
  readonly agenda: Agenda;
  readonly expiries: Expiries;
  /** Most aircraft at a time. */
  readonly fleet: number;
}
