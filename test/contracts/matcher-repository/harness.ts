import { expect } from 'chai';
import type { MatcherRepository } from '../../../src/application/ports/matcher-repository.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { LinkMove, LinkState } from '../../../src/domain/link-move.ts';
import type { Link } from '../../../src/domain/row.ts';
import type { Tuple } from '../../../src/domain/tuple.ts';
import { version } from '../../support/factories.ts';
import { unique } from '../../support/unique.ts';

/** A matcher repository, and what its users read of it. */
export interface Harness {
  readonly matcher: MatcherRepository;
  /** The tuple's count as a user of the table finds it; undefined when there is no such row. */
  count(tuple: Tuple): Promise<number | undefined>;
}

export function aLink(): Link {
  return { code: unique('code'), serial: unique('serial') };
}

export function aTuple(): Tuple {
  return { manufacturer: unique('maker'), model: unique('model'), typeDesignator: unique('type') };
}

export function state(sequence: string, tuple: Tuple | undefined, removed = false): LinkState {
  return { version: version(sequence, '2026-01-05T09:00:00.000'), tuple, removed };
}

export function inGeneration(generation: number, { version, ...state }: LinkState): LinkState {
  return { ...state, version: { ...version, generation } };
}

export async function loadAll({ matcher }: Harness, links: readonly Link[]) {
  const states = await matcher.load(links);
  expect(states).to.have.length(links.length);
  return states.map((state) => {
    if (Fault.is(state)) throw state;
    return state;
  });
}

export async function load(harness: Harness, link: Link): Promise<LinkState | undefined> {
  return (await loadAll(harness, [link]))[0];
}

export async function apply({ matcher }: Harness, ...moves: LinkMove[]) {
  const results = await matcher.apply(moves);
  expect(results).to.have.length(moves.length);
  return results;
}

/** Moves links that nobody else moves. */
export async function succeed(harness: Harness, ...moves: LinkMove[]) {
  expect(await apply(harness, ...moves)).to.deep.equal(moves.map(() => 'done'));
}
