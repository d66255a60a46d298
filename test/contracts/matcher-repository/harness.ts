import { expect } from 'chai';
import type { MatcherRepository } from '../../../src/application/ports/matcher-repository.ts';
import type { CountModel, Tuple } from '../../../src/domain/count.ts';
import type { CountedRow, CountMove, CountState } from '../../../src/domain/count-move.ts';
import type { TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { contribution, link, version } from '../../support/factories.ts';
import { unique } from '../../support/unique.ts';

/** A matcher repository, and what its users read of it. */
export interface Harness {
  readonly matcher: MatcherRepository;
  /** The count of one of the fleet's tuples as a user of the table finds it; undefined when there is no such row. */
  count(tuple: Tuple): Promise<number | undefined>;
  /** The same of any derivation of a table with the fleet's keys, in the digits of `Decimal.canonical`. */
  amount(model: CountModel, tuple: Tuple): Promise<string | undefined>;
  /** Another table, empty, that is as a definition says. */
  defined(definition: TableDefinition): Promise<Omit<Harness, 'count' | 'defined'>>;
}

export function aLink(serial = unique('serial'), code = unique('code')): CountedRow {
  return link(serial, code);
}

export function aTuple(): Tuple {
  return { manufacturer: unique('maker'), model: unique('model'), type_designator: unique('type') };
}

export function state(sequence: string, tuple: Tuple | undefined, removed = false): CountState {
  return {
    version: version(sequence, '2026-01-05T09:00:00.000'),
    contributions: tuple === undefined ? [] : [contribution(tuple)],
    removed,
  };
}

export function inGeneration(generation: number, { version, ...state }: CountState): CountState {
  return { ...state, version: { ...version, generation } };
}

type Matcher = Pick<Harness, 'matcher'>;

export async function loadAll({ matcher }: Matcher, rows: readonly CountedRow[]) {
  const states = await matcher.load(rows);
  expect(states).to.have.length(rows.length);
  return states.map((state) => {
    if (Fault.is(state)) throw state;
    return state;
  });
}

export async function load(harness: Matcher, row: CountedRow): Promise<CountState | undefined> {
  return (await loadAll(harness, [row]))[0];
}

export async function apply({ matcher }: Matcher, ...moves: CountMove[]) {
  const results = await matcher.apply(moves);
  expect(results).to.have.length(moves.length);
  return results;
}

/** Moves rows that nobody else moves. */
export async function succeed(harness: Matcher, ...moves: CountMove[]) {
  expect(await apply(harness, ...moves)).to.deep.equal(moves.map(() => 'done'));
}
