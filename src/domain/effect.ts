import type { Change, Operation, Side, SourceRecord } from './change.ts';
import type { Backoff, BatchContext, EffectChange, EffectContext } from './definition/effect.ts';
import type { KeyTemplates } from './definition/row.ts';
import { kindOf } from './plain-value.ts';
import type { Row } from './row.ts';
import { callFor, plainAttributes, RowView, unfit } from './row-view.ts';
import { type Attributes, DecodedAttributes } from './value.ts';
import { passesFence, type Version } from './version.ts';
import { isOn, viewTypeFault } from './view-type.ts';

/** A change of any row, as the code of an effect is given it. */
export type GivenChange = Omit<EffectChange<KeyTemplates, unknown>, 'key' | 'before' | 'after'> & {
  readonly key: Readonly<Record<string, string>>;
  readonly before: unknown;
  readonly after: unknown;
};

/** The code that runs for changes of one kind of row: for one change, or for many, each of another row. */
export type EffectModel = {
  /** The derivation's name. */
  readonly name: string;
  /** The operations that it runs for; undefined for all. */
  readonly on: readonly Operation[] | undefined;
  readonly where: ((change: GivenChange) => unknown) | undefined;
  /** Whether a backfill runs it for rows that it has never run for. */
  readonly backfill: boolean;
  /** How often it is tried before the record fails. */
  readonly attempts: number;
  /** Milliseconds for one attempt. */
  readonly timeoutMs: number;
  /** The pauses between attempts; undefined for the worker's. */
  readonly backoff: Backoff | undefined;
} & (
  | { readonly takes: 'one'; readonly run: (change: GivenChange, context: EffectContext) => unknown }
  | {
      readonly takes: 'many';
      readonly run: (changes: readonly GivenChange[], context: BatchContext) => unknown;
    }
);

/** A row as one effect runs for it. */
export interface EffectRow {
  readonly model: EffectModel;
  readonly row: Row;
}

/** Up to which change of a row an effect has run. */
export interface EffectState {
  readonly version: Version;
  readonly removed: boolean;
}

/** An effect having run for a change more. */
export interface EffectMove {
  readonly source: EffectRow;
  /** The state that it ran on; undefined when there was none. */
  readonly from: EffectState | undefined;
  readonly to: EffectState;
  /** What the effect wants written together with this: of the backend's own kind; undefined for nothing. */
  readonly write?: unknown;
}

/** Whether an effect has run for a change already, or for a newer one of its row, behind which it would be out of order. */
export function hasRun(state: EffectState | undefined, { version }: Change): boolean {
  return !passesFence(state?.version, version);
}

/**
 * A change as an effect is given it; undefined when `on` or `where` leave it out.
 *
 * @throws Fault `permanent` when `where` fails, or asks for an attribute that cannot be read; `configuration` when it asks for
 *   an image that the stream does not carry, or if that alone tells whether there was a row of its kind.
 */
export function givenTo(model: EffectModel, change: Change): GivenChange | undefined {
  const { name, on, where } = model;
  if (!isOn(on, change, name)) return undefined;
  // Derived state has fences against a removal of what was not there; code has none.
  if (change.row.model.when !== undefined && change.before === 'withheld' && change.after === 'absent')
    throw viewTypeFault(name, change);
  const given = viewOf(name, change);
  if (where === undefined) return given;
  const asked = { name: `where of the derivation ${name}`, run: () => where(given) };
  return callFor(asked, change.row, NOT_ASKED_FOR, (answer) => {
    if (typeof answer === 'boolean') return answer ? given : undefined;
    throw unfit(asked, change.row, `returned ${kindOf(answer)} instead of true or false`);
  });
}

/**
 * Its images are read when they are asked for: an effect that needs none runs on a stream that carries none. They are the
 * object's own members, so that a copy of it, or its JSON, has them.
 */
function viewOf(derivation: string, change: Change): GivenChange {
  const { row, before, after, operation, at, origin } = change;
  const { stream, sequence } = change.identity;
  const sideOf = (side: Side) => {
    if (side === 'absent') return undefined;
    if (side === 'withheld') throw viewTypeFault(derivation, change);
    return plainAttributes(row, side);
  };
  let record: SourceRecord | undefined;
  return Object.freeze({
    id: `${stream} ${sequence}`,
    operation,
    at,
    origin,
    get key() {
      return new RowView(row, NOT_ASKED_FOR).key;
    },
    get before() {
      return sideOf(before);
    },
    get after() {
      return sideOf(after);
    },
    get record() {
      // A copy: the record itself goes to quarantine as it came.
      record ??= structuredClone(change.record ?? {});
      return record;
    },
  });
}

/** An effect is given its change, and no row. */
const NOT_ASKED_FOR: Attributes = new DecodedAttributes(new Map());
