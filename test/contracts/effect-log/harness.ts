import { expect } from 'chai';
import type { EffectLog } from '../../../src/application/ports/effect-log.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { effect } from '../../../src/domain/definition/effect.ts';
import { row } from '../../../src/domain/definition/row.ts';
import type { EffectMove, EffectRow, EffectState } from '../../../src/domain/effect.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { version } from '../../support/factories.ts';
import { unique } from '../../support/unique.ts';

/** A log of effects, and writes as an effect hands them in. */
export interface Harness {
  readonly log: EffectLog;
  /** Adds one to what is under a name. */
  addingTo(name: string): unknown;
  /** Adds one to what is under a name, and does more that can not be done. */
  failingFor(name: string): unknown;
  /** What is under a name: 0 unless something was added. */
  sum(name: string): Promise<number>;
}

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
const nothing = () => undefined;
const { model } = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: { badges: effect(order, { run: nothing }), mails: effect(order, { run: nothing }) },
});
const [badges, mails] = model.rows[0]?.effects ?? [];

/** A row as an effect runs for it. */
export function aRow(
  customer = unique('customer'),
  id = '1',
  which: 'badges' | 'mails' = 'badges',
): EffectRow {
  const [kind, found] = [model.rows[0], which === 'badges' ? badges : mails];
  if (kind === undefined || found === undefined) throw new Error(`there is no effect ${which}`);
  return { model: found, row: { model: kind, parts: [customer, id] } };
}

export function state(
  sequence: string | number,
  { epoch = '2026-01-05T09:00:00.000', generation = 0, removed = false } = {},
): EffectState {
  return { version: version(sequence, epoch, generation), removed };
}

/** The first run for a row, unless there was one before. */
export function move(source: EffectRow, to: EffectState, from?: EffectState, write?: unknown): EffectMove {
  return { source, from, to, write };
}

export async function loadAll({ log }: Harness, rows: readonly EffectRow[]) {
  const states = await log.load(rows);
  expect(states).to.have.length(rows.length);
  return states.map((state) => {
    if (Fault.is(state)) throw state;
    return state;
  });
}

export async function load(harness: Harness, row: EffectRow): Promise<EffectState | undefined> {
  return (await loadAll(harness, [row]))[0];
}

export async function advance({ log }: Harness, ...moves: EffectMove[]) {
  const results = await log.advance(moves);
  expect(results).to.have.length(moves.length);
  return results;
}

export async function succeed(harness: Harness, ...moves: EffectMove[]) {
  expect(await advance(harness, ...moves)).to.deep.equal(moves.map(() => 'done'));
}
