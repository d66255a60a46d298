import { type RowsTally, ZERO_ROWS } from './derive-rows.ts';
import { type EffectTally, ZERO_EFFECTS } from './run-effects.ts';
import { type DefaultImageTally, ZERO_DEFAULT_IMAGES } from './reconcile-default-image.ts';
import { type SearchTally, ZERO_SEARCH } from './sync-search-document.ts';
import { type MatcherTally, ZERO_MATCHER } from './update-matcher-tuple.ts';

/** How much of what the use cases did. */
export interface Tallies {
  readonly search: Readonly<Record<SearchTally, number>>;
  readonly defaultImages: Readonly<Record<DefaultImageTally, number>>;
  readonly matcher: Readonly<Record<MatcherTally, number>>;
  readonly derivedRows: Readonly<Record<RowsTally, number>>;
  readonly effects: Readonly<Record<EffectTally, number>>;
}

export const NO_TALLIES: Tallies = {
  search: ZERO_SEARCH,
  defaultImages: ZERO_DEFAULT_IMAGES,
  matcher: ZERO_MATCHER,
  derivedRows: ZERO_ROWS,
  effects: ZERO_EFFECTS,
};

/** What each kind of derivation is called where people read of it. */
export type KindNames = Readonly<Record<keyof Tallies, string>>;

/** As definitions call them. The fleet's logs and reports keep the names that they had before there were any. */
export const GENERAL_NAMES: KindNames = {
  search: 'documents',
  defaultImages: 'pointers',
  matcher: 'counts',
  derivedRows: 'rows',
  effects: 'effects',
};

export function sumOfTallies(a: Tallies, b: Tallies): Tallies {
  return {
    search: sum(a.search, b.search),
    defaultImages: sum(a.defaultImages, b.defaultImages),
    matcher: sum(a.matcher, b.matcher),
    derivedRows: sum(a.derivedRows, b.derivedRows),
    effects: sum(a.effects, b.effects),
  };
}

function sum<Name extends string>(
  a: Readonly<Record<Name, number>>,
  b: Readonly<Record<Name, number>>,
): Readonly<Record<Name, number>> {
  const sums: Record<Name, number> = { ...a };
  for (const name of Object.keys(b) as Name[]) sums[name] += b[name];
  return sums;
}
