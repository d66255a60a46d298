import { Fault } from '../../../domain/fault.ts';
import { TOMBSTONE_SECONDS } from '../../../domain/tombstones.ts';
import type { Version } from '../../../domain/version.ts';
import { namesOf, type TransactItem } from './write-transaction.ts';

/*
 * What rows of the state table have in common, whatever is derived: what was last derived from a row, and by which change.
 */

const FORM = 2;

/** The same with a `fill`: whoever does not know of it must not take such a state for that of a change. */
const FILL_FORM = 3;

/** With a commit: what such a state says depends on its record, so whoever does not know of that must not read it. */
export const COMMIT_FORM = 4;

const KNOWN_FORMS: ReadonlySet<string> = new Set([FORM, FILL_FORM, COMMIT_FORM].map(String));

/** A row of the state table, as the document client gives it. */
export interface StateRow {
  /** The document client's number; absent in rows of the form before. */
  readonly form?: { toString(): string } | undefined;
  /** The document client's number; absent in rows that were written before there were generations, which means 0. */
  readonly generation?: { toString(): string } | undefined;
  readonly epoch: string;
  readonly sequence: string;
  /** The document client's number; absent in states of changes. */
  readonly fill?: { toString(): string } | undefined;
  readonly removed: boolean;
}

/** What a repository knows of a row's state, whatever was derived. */
interface State {
  readonly version: Version;
  readonly removed: boolean;
}

/** The attributes to write for a state, but for what was derived; `now` is in milliseconds since 1970. */
export function stateRowOf({ version, removed }: State, now: number) {
  return {
    form: version.fill === undefined ? FORM : FILL_FORM,
    ...version,
    removed,
    ...(removed ? { expires_at: Math.floor(now / 1_000) + TOMBSTONE_SECONDS } : {}),
  };
}

/** The change, or fill, that a state is of. */
export function versionIn({ generation = 0, epoch, sequence, fill }: StateRow): Version {
  const ofChange = { generation: Number(generation.toString()), epoch, sequence };
  return fill === undefined ? ofChange : { ...ofChange, fill: Number(fill.toString()) };
}

/** A Fault `configuration` for a row of a form that only a later version knows; undefined for all others. */
export function formFault(derivation: string, { form }: StateRow): Fault | undefined {
  if (form === undefined || KNOWN_FORMS.has(form.toString())) return undefined;
  return new Fault(
    'configuration',
    `a state of ${derivation} is of form ${form.toString()}, and this version knows none after ${COMMIT_FORM}: ` +
      'a later version has written it; deploy that one',
    { reason: 'a state is of a form that this version does not know' },
  );
}

/** Nothing was ever derived from the row. */
export const NO_STATE = 'attribute_not_exists(#sequence)';

/** The state is of the change that it was read with: of the same generation and fill, below, and the same place in the stream. */
const SAME_CHANGE = '#epoch = :epoch AND #sequence = :sequence';
const SAME_FILL = '#fill = :fill';
const NO_FILL = 'attribute_not_exists(#fill)';
const SAME_GENERATION = '#generation = :generation';

/** Rows that were written before there were generations have none. */
const FIRST_GENERATION = `(${SAME_GENERATION} OR attribute_not_exists(#generation))`;

/** The state is of an earlier change. Numbers that have as many digits as another stand in the order of their texts. */
const SAME_LENGTH = '(size(#sequence) = :digits AND #sequence < :sequence)';
const EARLIER_IN_STREAM = `(size(#sequence) < :digits OR ${SAME_LENGTH})`;
const EARLIER_FILL = `(#sequence = :sequence AND (${NO_FILL} OR #fill < :fill))`;
const earlier = (inStream: string) =>
  `(#generation < :generation OR (${SAME_GENERATION} AND (#epoch < :epoch OR (#epoch = :epoch AND ${inStream}))))`;

/** What was not read may be what only a later version understands, or rest on a commit's record. */
const KNOWN_FORM = '(#form = :form OR #form = :fillForm)';

/**
 * A condition on a state that was not read: it is of an earlier change, or fill, than `version`, and of a form that says so by itself.
 * Fails, where it might hold, for states without a generation, and for those that name a commit.
 */
export function isEarlier({ generation, epoch, sequence, fill }: Version) {
  // Leading zeros mean nothing: with one, more digits are no larger number.
  const change = sequence.startsWith('0') ? SAME_LENGTH : EARLIER_IN_STREAM;
  const isFill = fill !== undefined;
  return {
    condition: `${KNOWN_FORM} AND ${earlier(isFill ? `(${change} OR ${EARLIER_FILL})` : change)}`,
    names: namesOf(['form', 'generation', 'epoch', 'sequence', ...(isFill ? ['fill'] : [])]),
    values: {
      ':form': FORM,
      ':fillForm': FILL_FORM,
      ':generation': generation,
      ':epoch': epoch,
      ':sequence': sequence,
      ':digits': sequence.length,
      ...(isFill ? { ':fill': fill } : {}),
    },
  };
}

/** Puts a state, keys among its attributes, on condition that it is of the change that it was read with. */
export function statePut(
  TableName: string,
  Item: Readonly<Record<string, unknown>>,
  from: Pick<State, 'version'> | undefined,
): TransactItem {
  if (from === undefined) {
    const ExpressionAttributeNames = namesOf(['sequence']);
    return { Put: { TableName, Item, ConditionExpression: NO_STATE, ExpressionAttributeNames } };
  }
  const { generation, epoch, sequence, fill } = from.version;
  const isSameGeneration = generation === 0 ? FIRST_GENERATION : SAME_GENERATION;
  const values = { ':generation': generation, ':epoch': epoch, ':sequence': sequence };
  return {
    Put: {
      TableName,
      Item,
      ConditionExpression: `${isSameGeneration} AND ${SAME_CHANGE} AND ${fill === undefined ? NO_FILL : SAME_FILL}`,
      ExpressionAttributeNames: namesOf(['generation', 'epoch', 'sequence', 'fill']),
      ExpressionAttributeValues: fill === undefined ? values : { ...values, ':fill': fill },
    },
  };
}
