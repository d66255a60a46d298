import type { Tuple } from '../../../src/domain/count.ts';
import type { AssumedState, CountState } from '../../../src/domain/count-move.ts';
import { filled } from '../../support/factories.ts';
import { inGeneration, state } from './harness.ts';

/* What is stored for a link, and what is assumed instead of reading it. */

export const assuming = ({ contributions }: Pick<CountState, 'contributions'>): AssumedState => ({
  version: undefined,
  contributions,
});
export const nothing = assuming(state('1', undefined));
export const holding = (tuple: Tuple) => assuming(state('1', tuple));
const inEpoch = (epoch: string, of: CountState) => ({ ...of, version: { ...of.version, epoch } });

/** What is stored, what is assumed, and where the move leads: with a tuple that is counted, and another. */
export type Story = (
  mine: Tuple,
  theirs: Tuple,
) => readonly [stored: CountState | undefined, from: AssumedState, to: CountState];

export const EARLIER: readonly (readonly [what: string, story: Story])[] = [
  ['no state, and nothing assumed', (mine) => [undefined, nothing, state('2', mine)]],
  ['a state that counts nothing', (mine) => [state('1', undefined), nothing, state('2', mine)]],
  ['what a removed link left', (mine) => [state('1', undefined, true), nothing, state('2', mine)]],
  ['a counted tuple', (mine, theirs) => [state('1', mine), holding(mine), state('2', theirs)]],
  ['a fill of an earlier change', (mine) => [filled(9, state('1', mine)), holding(mine), state('2', mine)]],
  [
    'an earlier fill of the same change',
    (mine, theirs) => [filled(9, state('2', mine)), holding(mine), filled(10, state('2', theirs))],
  ],
  [
    'a change of which that is a fill',
    (mine, theirs) => [state('2', mine), holding(mine), filled(1, state('2', theirs))],
  ],
  ['a tuple that stays', (mine) => [state('1', mine), holding(mine), state('2', mine)]],
  ['a tuple that goes', (mine) => [state('1', mine), holding(mine), state('2', undefined, true)]],
  ['fewer digits', (mine, theirs) => [state('9', mine), holding(mine), state('10', theirs)]],
  [
    'as many digits',
    (mine, theirs) => [
      state('99999999999999999998', mine),
      holding(mine),
      state('99999999999999999999', theirs),
    ],
  ],
  [
    'an earlier stream, whatever the sequence',
    (mine, theirs) => [
      inEpoch('2026-01-01T00:00:00.000', state('999', mine)),
      holding(mine),
      state('1', theirs),
    ],
  ],
  [
    'an earlier generation, whatever the rest',
    (mine, theirs) => [
      inEpoch('2027-01-01T00:00:00.000', state('999', mine)),
      holding(mine),
      inGeneration(1, state('1', theirs)),
    ],
  ],
  [
    'generation 9 before 10',
    (mine, theirs) => [
      inGeneration(9, state('2', mine)),
      holding(mine),
      inGeneration(10, state('1', theirs)),
    ],
  ],
];

export const OTHERWISE: readonly (readonly [what: string, story: Story])[] = [
  ['no state, and something assumed', (mine) => [undefined, holding(mine), state('2', undefined)]],
  ['another tuple', (mine, theirs) => [state('1', theirs), holding(mine), state('2', mine)]],
  ['a tuple where none is assumed', (mine, theirs) => [state('1', theirs), nothing, state('2', mine)]],
  ['no tuple where one is assumed', (mine) => [state('1', undefined), holding(mine), state('2', mine)]],
  [
    'what a removed link left, and something assumed',
    (mine) => [state('1', undefined, true), holding(mine), state('2', undefined)],
  ],
  ['a later removal', (mine) => [state('3', undefined, true), nothing, state('2', mine)]],
  ['the same change', (mine) => [state('2', mine), holding(mine), state('2', mine)]],
  ['a fill of the same change', (mine) => [filled(9, state('2', mine)), holding(mine), state('2', mine)]],
  [
    'the same fill',
    (mine, theirs) => [filled(9, state('2', mine)), holding(mine), filled(9, state('2', theirs))],
  ],
  ['a fill of a later change', (mine) => [filled(1, state('3', mine)), holding(mine), state('2', mine)]],
  ['the same removal', () => [state('2', undefined, true), nothing, state('2', undefined, true)]],
  ['a later change', (mine, theirs) => [state('3', mine), holding(mine), state('2', theirs)]],
  ['more digits', (mine, theirs) => [state('10', mine), holding(mine), state('9', theirs)]],
  [
    'more digits, of which the first is zero',
    (mine, theirs) => [state('010', mine), holding(mine), state('9', theirs)],
  ],
  [
    'fewer digits than those with a zero',
    (mine, theirs) => [state('10', mine), holding(mine), state('009', theirs)],
  ],
  ['the same number with zeros', (mine, theirs) => [state('9', mine), holding(mine), state('009', theirs)]],
  [
    'the same number without zeros',
    (mine, theirs) => [state('009', mine), holding(mine), state('9', theirs)],
  ],
  [
    'a later stream, whatever the sequence',
    (mine, theirs) => [
      inEpoch('2026-02-01T00:00:00.000', state('1', mine)),
      holding(mine),
      state('999', theirs),
    ],
  ],
  [
    'a later generation, whatever the rest',
    (mine, theirs) => [
      inGeneration(10, state('1', mine)),
      holding(mine),
      inGeneration(9, inEpoch('2027-01-01T00:00:00.000', state('999', theirs))),
    ],
  ],
];

/** Earlier states, but of a kind for which that may be too costly to tell. */
export const UNCLEAR: readonly (readonly [what: string, story: Story])[] = [
  ['09 before 010', (mine, theirs) => [state('09', mine), holding(mine), state('010', theirs)]],
  ['9 before 010', (mine, theirs) => [state('9', mine), holding(mine), state('010', theirs)]],
  ['009 before 10', (mine, theirs) => [state('009', mine), holding(mine), state('10', theirs)]],
  ['09 before 10', (mine, theirs) => [state('09', mine), holding(mine), state('10', theirs)]],
];
