import type { Change } from './change.ts';
import { type CountModel, type Held, heldBy } from './count.ts';
import { isOn, viewTypeFault } from './view-type.ts';
import { derivedFrom, type DerivedRow, type RowsModel } from './derived-rows.ts';
import { type EffectModel, type GivenChange, givenTo } from './effect.ts';
import type { Attributes } from './value.ts';
import { checkRepeatedParts, type Entity, type PointerModel } from './pointer.ts';
import { removalsFromOthers, rolesOf } from './roles.ts';
import { plainAttributes } from './row-view.ts';
import {
  decideSearch,
  type DocumentKey,
  documentKeyOf,
  type DocumentModel,
  answerByKey,
  hasWantedParts,
  type SearchDecision,
} from './search-document.ts';

/** Bring one search document into line with its row. */
export interface SyncSearchDocumentCommand {
  readonly does: 'search';
  readonly change: Change;
  readonly model: DocumentModel;
  readonly key: DocumentKey;
  readonly decision: SearchDecision;
}

/** Bring one entity's pointer into line with its rows. */
export interface ReconcileDefaultImageCommand {
  readonly does: 'pointer';
  readonly change: Change;
  readonly entity: Entity;
}

/** Count one row under what it holds now: nothing when it is gone. */
export interface UpdateMatcherTupleCommand {
  readonly does: 'count';
  readonly change: Change;
  readonly model: CountModel;
  readonly held: readonly Held[];
}

/** Bring the rows that are derived from one row into line with it: none when it is gone. */
export interface DeriveRowsCommand {
  readonly does: 'rows';
  readonly change: Change;
  readonly model: RowsModel;
  readonly put: readonly DerivedRow[];
}

/** Run an effect for one change. */
export interface RunEffectCommand {
  readonly does: 'effect';
  readonly change: Change;
  readonly model: EffectModel;
  readonly given: GivenChange;
}

/**
 * What a change asks for: one command per derivation of its row, but for documents that the row's key rules out, and
 * derivations that leave such a change out. Where an attribute tells what kind a row is of, that of its kind before the
 * change, and of its kind after it.
 */
export type Command =
  | SyncSearchDocumentCommand
  | ReconcileDefaultImageCommand
  | UpdateMatcherTupleCommand
  | DeriveRowsCommand
  | RunEffectCommand;

/** What asks for something that is derived: for anything but an effect. */
export type DerivingCommand = Exclude<Command, RunEffectCommand>;

const NOTHING: readonly Held[] = [];
const DELETE: SearchDecision = { action: 'delete' };

/**
 * What a change asks for. Decodes only the attributes that the decisions read.
 *
 * @throws Fault `permanent` when the row contradicts its key, an attribute cannot be decoded, or a function of the
 *   definition fails; `configuration` when the stream's view type lacks an image that a derivation needs.
 */
export function commandsOf(change: Change): readonly Command[] {
  return change.row.model.when === undefined
    ? commandsOfKind(change)
    : rolesOf(change).flatMap(commandsOfKind);
}

function commandsOfKind(change: Change): readonly Command[] {
  const commands: Command[] = derivingCommands(change);
  addEffects(commands, change);
  // As long as it is: what is pushed to keeps room for more, and commands live until the batch is done.
  return commands.slice();
}

function addEffects(commands: Command[], change: Change): void {
  for (const model of change.row.model.effects) {
    const given = givenTo(model, change);
    if (given !== undefined) commands.push({ does: 'effect', change, model, given });
  }
}

/**
 * What a change asks of effects alone.
 *
 * @throws Fault as `commandsOf` does, where an effect is asked for: code is given no row that does not fit its schema.
 */
export function effectsOf(change: Change): readonly RunEffectCommand[] {
  const roles = change.row.model.when === undefined ? [change] : rolesOf(change);
  return roles.flatMap((role) => {
    const { schema, effects } = role.row.model;
    if (!effects.some(({ on, name }) => isOn(on, role, name))) return [];
    if (schema !== undefined && typeof role.after !== 'string') plainAttributes(role.row, role.after);
    const commands: Command[] = [];
    addEffects(commands, role);
    return commands.filter((command) => command.does === 'effect');
  });
}

/**
 * What a change asks of derived rows alone, which may be given the change itself.
 *
 * @throws Fault as `commandsOf` does, where each change of its row counts. Otherwise, what the definition refuses asks for nothing.
 */
export function derivedRowsOf(change: Change): readonly DeriveRowsCommand[] {
  const roles = change.row.model.when === undefined ? [change] : rolesOf(change);
  return roles.flatMap((role) => {
    const { schema, derivedRows } = role.row.model;
    return derivedRows.flatMap((model): DeriveRowsCommand[] => {
      if (!isOn(model.on, role, model.name)) return [];
      try {
        if (schema !== undefined && typeof role.after !== 'string') plainAttributes(role.row, role.after);
        return [{ does: 'rows', change: role, model, put: rowsAfter(model, role) }];
      } catch (error) {
        if (countsEachChange(model)) throw error;
        return [];
      }
    });
  });
}

/** Whether what a row has given stays, or is of some of its changes only: then the row as it is does not say what that must be. */
export function countsEachChange({ keep, on }: RowsModel): boolean {
  return keep || on !== undefined;
}

function derivingCommands(change: Change): DerivingCommand[] {
  const { pointers, documents, counts, derivedRows, schema } = change.row.model;
  const commands: DerivingCommand[] = [];
  if (schema !== undefined && typeof change.after !== 'string') plainAttributes(change.row, change.after);
  for (const model of pointers) commands.push({ does: 'pointer', change, entity: entityOf(model, change) });
  for (const model of documents) {
    const byKey = answerByKey(model, change.row);
    if (byKey === false) continue;
    const key = documentKeyOf(model, change.row);
    const decision = searchDecisionOf(model, key, change, byKey);
    commands.push({ does: 'search', change, model, key, decision });
  }
  for (const model of counts) commands.push({ does: 'count', change, model, held: heldAfter(model, change) });
  for (const model of derivedRows)
    if (isOn(model.on, change, model.name))
      commands.push({ does: 'rows', change, model, put: rowsAfter(model, change) });
  return commands;
}

/**
 * What a change asks for when its old image does not tell what was derived from its row: the document, even where the
 * change did not touch it, and that nothing is left of kinds of which the row, by that image, was not.
 */
export function ignoringOldImage(change: Change, commands: readonly Command[]): readonly Command[] {
  const asked = commands.map(asIfNew);
  if (change.row.model.when === undefined) return asked;
  return [...asked, ...removalsFromOthers(change).flatMap(cleared)];
}

/**
 * What must be derived of a row as it is, and of kinds that it is not of: nothing. A document that is not to be written must not be
 * there. Without effects.
 *
 * @param change the row put where there was none, or removed.
 * @throws Fault as `commandsOf` does.
 */
export function commandsForRow(change: Change): readonly DerivingCommand[] {
  return [...rolesOf(change).flatMap(derivingCommands), ...removalsFromOthers(change).flatMap(cleared)];
}

function asIfNew(command: Command): Command {
  if (command.does !== 'search' || command.decision.action !== 'none') return command;
  const { change, key, model } = command;
  if (typeof change.after === 'string') return command;
  const asNew = decideSearch(model, change.row, key, undefined, change.after);
  return { ...command, decision: asNew.action === 'none' ? DELETE : asNew };
}

/**
 * That nothing is left of a row for a kind that it is not of. Runs no function of the definition, which is only for rows of the
 * kind, and needs no image. Effects are not derived: what the images say happened is what they run for.
 */
function cleared(change: Change): readonly DerivingCommand[] {
  const { row } = change;
  const { pointers, documents, counts, derivedRows } = row.model;
  return [
    ...pointers.map((model) => ({ does: 'pointer', change, entity: entityOf(model, change) }) as const),
    ...documents
      .filter((model) => hasWantedParts(model, row))
      .map(
        (model) =>
          ({ does: 'search', change, model, key: documentKeyOf(model, row), decision: DELETE }) as const,
      ),
    ...counts.map((model) => ({ does: 'count', change, model, held: NOTHING }) as const),
    ...derivedRows
      .filter(({ on, name }) => isOn(on, change, name))
      .map((model) => ({ does: 'rows', change, model, put: [] }) as const),
  ];
}

function entityOf(model: PointerModel, { row, after }: Change): Entity {
  if (typeof after !== 'string') checkRepeatedParts(model, row, after);
  return { model, parts: row.parts.slice(0, model.partition.names.length) };
}

function searchDecisionOf(
  model: DocumentModel,
  key: DocumentKey,
  change: Change,
  byKey: boolean | undefined,
): SearchDecision {
  const { row, before, after, viewType } = change;
  if (viewType !== undefined && viewType !== 'NEW_AND_OLD_IMAGES') throw viewTypeFault(model.name, change);
  if (before === 'withheld' || after === 'withheld') throw viewTypeFault(model.name, change);
  return decideSearch(
    model,
    row,
    key,
    before === 'absent' ? undefined : before,
    after === 'absent' ? undefined : after,
    byKey,
  );
}

/** A count is moved from what was counted, which the old image at most lets assume, so the new image is all that is needed. */
function heldAfter(model: CountModel, change: Change): readonly Held[] {
  const after = newImage(model.name, change);
  return after === undefined ? NOTHING : heldBy(model, change.row, after);
}

/** Rows too are moved from what was derived. */
function rowsAfter(model: RowsModel, change: Change): readonly DerivedRow[] {
  const after = newImage(model.name, change);
  return after === undefined ? [] : derivedFrom(model, change, after);
}

/** The row's attributes after the change; undefined when it is gone. */
function newImage(derivation: string, change: Change): Attributes | undefined {
  const { after, viewType } = change;
  if (viewType === 'KEYS_ONLY' || viewType === 'OLD_IMAGE') throw viewTypeFault(derivation, change);
  if (after === 'withheld') throw viewTypeFault(derivation, change);
  return after === 'absent' ? undefined : after;
}
