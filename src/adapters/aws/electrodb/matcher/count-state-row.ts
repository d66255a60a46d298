import { NumberValue } from '@aws-sdk/lib-dynamodb';
import {
  type Contribution,
  countKey,
  type CountModel,
  type Tuple,
  tupleNames,
} from '../../../../domain/count.ts';
import type { CountState } from '../../../../domain/count-move.ts';
import { Decimal } from '../../../../domain/decimal.ts';
import type { Fault } from '../../../../domain/fault.ts';
import { COMMIT_FORM, formFault, type StateRow, stateRowOf, versionIn } from '../state-row.ts';

const ONE = Decimal.parse('1') as Decimal;

/** A row's state, as the document client gives it. That of the form before has one tuple's parts as attributes. */
export interface CountStateRow extends StateRow {
  readonly counted?: readonly Counted[] | undefined;
  readonly commit?: string | undefined;
  readonly was?: CountStateRow | undefined;
}

/** What a state is once a commit has taken place, and was before. */
export interface CommitState {
  readonly commit: string;
  /** Not of a removal: its tombstone would expire, also where the commit never takes place. */
  readonly is: CountState;
  /** Undefined where there was none. */
  readonly was: CountState | undefined;
}

export function isOfCommit(state: CountState | CommitState | undefined | Fault): state is CommitState {
  return state !== undefined && 'commit' in state;
}

/** A contribution in it. */
interface Counted {
  readonly partition: string;
  /** Absent where the counts' table has no sort key. */
  readonly sort?: string;
  readonly tuple: Tuple;
  readonly amount: { toString(): string };
}

/** The attributes to write for a state; `now` is in milliseconds since 1970. */
export function countStateRowOf(state: CountState, now: number) {
  return { ...stateRowOf(state, now), counted: countedIn(state) };
}

/** The same for one that names a commit. */
export function commitStateRowOf({ commit, is, was }: CommitState, now: number) {
  return {
    ...countStateRowOf(is, now),
    form: COMMIT_FORM,
    commit,
    ...(was === undefined ? {} : { was: countStateRowOf(was, now) }),
  };
}

/** The same for what is no state again. That cannot be deleted by a role that may only put states; it expires at once. */
export function noStateRow(now: number) {
  return { expires_at: Math.floor(now / 1_000) };
}

/** What is counted, as the state's row has it. */
export function countedIn({ contributions }: Pick<CountState, 'contributions'>) {
  return contributions.map(({ at, tuple, amount }) => ({
    partition: at.partition,
    ...(at.sort === undefined ? {} : { sort: at.sort }),
    // A Map, because the SDK takes an object with an attribute `constructor` for a class instance and refuses it.
    tuple: new Map(Object.entries(tuple)),
    amount: NumberValue.from(amount.text),
  }));
}

/** What a row holds; undefined where that is no state, and a Fault `configuration` where it is of a form that only a later version knows. */
export function countStateOf(
  model: CountModel,
  row: CountStateRow,
): CountState | CommitState | undefined | Fault {
  const { commit, was } = row;
  const fault = formFault(model.name, row);
  if (fault !== undefined) return fault;
  if ((row as Partial<CountStateRow>).sequence === undefined) return undefined;
  if (commit === undefined) return plainState(model, row);
  return { commit, is: plainState(model, row), was: was && plainState(model, was) };
}

function plainState(model: CountModel, row: CountStateRow): CountState {
  const { form, removed, counted = [] } = row;
  return {
    version: versionIn(row),
    contributions:
      form === undefined ? formerContributions(model, row) : counted.map((one) => readFrom(one, model)),
    removed,
  };
}

function readFrom({ partition, sort, tuple, amount }: Counted, model: CountModel): Contribution {
  return {
    tuple: inOrder(tuple, tupleNames(model)),
    at: { partition, sort },
    amount: Decimal.parse(amount.toString()) as Decimal,
  };
}

/** A map comes back from the table in no order, and a tuple's key depends on one: the model's, then the alphabet's. */
function inOrder(tuple: Tuple, names: readonly string[]): Tuple {
  const placeOf = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length);
  return Object.fromEntries(
    Object.entries(tuple).toSorted(([a], [b]) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1)),
  );
}

/** The one tuple that is counted, if any: its key is what the model makes of it, and it counts for one. */
function formerContributions(model: CountModel, row: CountStateRow): readonly Contribution[] {
  const tuple: Record<string, string> = {};
  for (const name of tupleNames(model)) {
    const part = (row as unknown as Readonly<Record<string, unknown>>)[name];
    if (typeof part !== 'string') return [];
    tuple[name] = part;
  }
  return [{ tuple, at: countKey(model, tuple), amount: ONE }];
}
