import { CLOSE_LIST, CLOSE_OBJECT, COLON, COMMA, OPEN_LIST, ORDINARY, QUOTE } from './bytes.ts';

/** What may come next: the first value or an end, the value that a comma announced, or what follows a value. */
export type Expected = 'first' | 'value' | 'separator';

/**
 * What to do about a byte between the elements of a list:
 * - `value`: a value starts here;
 * - `comma`, `close`: pass over it;
 * - `stray`: it has no place here; pass over it and what adjoins it;
 * - `abandon`: the list must have ended before, and this starts a value of the file's own.
 */
export interface Step {
  readonly does: 'value' | 'comma' | 'close' | 'stray' | 'abandon';
  /** What is wrong, if anything is. */
  readonly wrong?: string;
}

const VALUE: Step = { does: 'value' };
const COMMA_BETWEEN: Step = { does: 'comma' };
const CLOSE: Step = { does: 'close' };
const STRAY: Step = { does: 'stray' };
const ABANDON: Step = { does: 'abandon' };
const VALUE_WITHOUT_COMMA: Step = { does: 'value', wrong: 'a comma is missing before this value' };
const COMMA_WITHOUT_VALUE: Step = { does: 'comma', wrong: 'no value stands before this comma' };
const CLOSE_AFTER_COMMA: Step = {
  does: 'close',
  wrong: 'no value stands between the last comma and this bracket',
};

/**
 * Decides what a byte with this meaning, which is no blank, does between the elements of a list. `atMargin` says that
 * it comes first on a line that is indented no deeper than the one the list starts at, and is a later one.
 */
export function listStep(role: number, expected: Expected, atMargin: boolean): Step {
  const afterValue = expected === 'separator';
  switch (role) {
    case COMMA:
      return afterValue ? COMMA_BETWEEN : COMMA_WITHOUT_VALUE;
    case CLOSE_LIST:
      return expected === 'value' ? CLOSE_AFTER_COMMA : CLOSE;
    case CLOSE_OBJECT:
    case COLON:
      return STRAY;
    case ORDINARY:
      return afterValue ? STRAY : VALUE;
    default:
      // A list in a list is of no use, so that at the margin it is far more likely the next line's own.
      if (atMargin && (afterValue ? role !== QUOTE : role === OPEN_LIST)) return ABANDON;
      return afterValue ? VALUE_WITHOUT_COMMA : VALUE;
  }
}
