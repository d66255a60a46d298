import type { MemoryMatcherRepository } from '../../adapters/memory/memory-matcher-repository.ts';
import type { MemoryTable } from '../../adapters/memory/memory-table.ts';
import type { PoisonRecord } from '../../application/ports/quarantine.ts';
import { compareKeyTexts } from '../../domain/key-value.ts';
import type { Entity, Member } from '../../domain/pointer.ts';
import { type Attributes, DecodedAttributes, equalRecords } from '../../domain/value.ts';
import { nameOfKey as nameOfDerived } from '../../domain/derived-rows.ts';
import { storedRow } from '../../domain/stored-rows.ts';
import type { DerivedRowFound } from '../../application/ports/derived-state.ts';
import type { MemoryDerivedRowRepository } from '../../adapters/memory/memory-derived-row-repository.ts';
import { keyOfRow } from '../world/item.ts';
import { stateKey } from '../world/state-key.ts';
import type { World } from '../world/world.ts';
import { checkNoted } from './effects.ts';
import type { Ledger } from '../world/ledger.ts';
import { type Ports, portsWith } from '../world/ports.ts';
import type { StepInvariants } from './step-invariants.ts';

interface Observers {
  readonly ledger: Ledger;
  readonly invariants: StepInvariants;
  readonly now: () => number;
  readonly table: MemoryTable;
  readonly counts: MemoryMatcherRepository;
  readonly derived: MemoryDerivedRowRepository;
  readonly world: World;
  /** Before and after are undefined where there was, or is, no default row. */
  readonly pointerWritten: (entity: Entity, before: Member | undefined, after: Member | undefined) => void;
  readonly quarantined: (records: readonly PoisonRecord[]) => void;
}

/** The stores, with everything noted that takes effect in them. What has reached them is done, whatever time it is. */
export function observedStores(stores: Ports, observers: Observers): Ports {
  const { ledger, now, table, invariants, counts, derived, world, quarantined } = observers;
  return portsWith(stores, {
    'queue.send': (send) => async (actions) => {
      const results = await send(actions);
      for (const [index, action] of actions.entries()) if (results[index] === 'done') ledger.accepted(action);
      return results;
    },
    'images.load': (load) => (entities) => {
      for (const entity of entities) if (isInLine(table, entity)) ledger.inLine(entity, now());
      return load(entities);
    },
    'images.save': (save) => async (writes) => {
      const before = writes.map(({ view }) => table.pointer(view.entity));
      const results = await save(writes);
      for (const [index, { view }] of writes.entries())
        checkWrite(observers, view.entity, before[index], results[index] === 'done');
      return results;
    },
    'matcher.load': (load) => (rows) => load(rows),
    'matcher.apply': (apply) => async (moves) => {
      const results = await apply(moves);
      for (const [index, move] of moves.entries())
        if (results[index] === 'done')
          for (const write of ledger.counted(move))
            if (!world.subject.isFiltered) world.changes.ownRowWritten(write);
      for (const { model, tuple, count } of counts.counts())
        if (model.amount === undefined && !(Number(count.text) > 0))
          invariants.report('counts are above zero', `${JSON.stringify(tuple)}: ${count.text}`);
      return results;
    },
    'rows.apply': (apply) => async (moves) => {
      const before = rowsByKey(derived);
      const results = await apply(moves);
      for (const [index, move] of moves.entries()) if (results[index] === 'done') ledger.derived(move);
      const after = rowsByKey(derived);
      for (const key of new Set([...before.keys(), ...after.keys()]))
        checkDerived(world, before.get(key), after.get(key));
      return results;
    },
    'effects.advance': (advance) => async (moves) => {
      const results = await advance(moves);
      for (const [index, move] of moves.entries())
        // What is noted of a row that was there before the effect is of no change.
        if (results[index] === 'done' && move.to.version.fill === undefined) {
          checkNoted(move, world);
          ledger.effects.note(stateKey(move.source), ledger.positionOf(move.to.version), now());
        }
      return results;
    },
    'quarantine.keep': (keep) => async (records) => {
      const results = await keep(records);
      quarantined(records.filter((_, index) => results[index] === 'done'));
      return results;
    },
    'generations.of': (generationOf) => (tableArn) => generationOf(tableArn),
  });
}

function rowsByKey(derived: MemoryDerivedRowRepository): ReadonlyMap<string, DerivedRowFound> {
  return new Map(Array.from(derived.rows(), (found) => [nameOfDerived(found.row), found]));
}

/** A derived row before and after a write: of the table itself, it comes with the stream. */
function checkDerived(
  { definition, invariants, changes }: World,
  before: DerivedRowFound | undefined,
  after: DerivedRowFound | undefined,
): void {
  const { model, row } = (after ?? before) as DerivedRowFound;
  if (after === undefined && model.keep)
    invariants.report('kept rows stay', `${model.name}: ${nameOfDerived(row)} is gone`);
  if (row.table !== undefined || before === after) return;
  const rowOf = (found: DerivedRowFound | undefined) =>
    found && DecodedAttributes.of(storedRow(found.row, found.source));
  const rows = { before: rowOf(before), after: rowOf(after) };
  const whole = (rows.after ?? rows.before) as Attributes;
  changes.ownRowWritten({ at: keyOfRow(whole, definition.model.keys), ...rows }, true);
}

function checkWrite(
  { ledger, now, table, invariants, pointerWritten, world }: Observers,
  entity: Entity,
  was: ReturnType<MemoryTable['pointer']>,
  isSaid: boolean,
): void {
  const is = table.pointer(entity);
  if (was?.revision === is?.revision) {
    if (isSaid) invariants.report('a default row that is said to be written is', nameOf(entity));
    return;
  }
  if (sameImage(was?.member, is?.member))
    invariants.report('a default row is written only to change it', nameOf(entity));
  if (is !== undefined && !sameImage(is.member, table.member(entity, is.member.sort)))
    invariants.report('a default row repeats an image that is there when it is written', nameOf(entity));
  if (
    was !== undefined &&
    was.member.sort !== is?.member.sort &&
    !isNewer(world, entity, was.member, is?.member)
  )
    if (table.member(entity, was.member.sort) !== undefined)
      invariants.report('a default is given up only when its image is gone', nameOf(entity));
  ledger.inLine(entity, now());
  pointerWritten(entity, was?.member, is?.member);
}

function nameOf({ model, parts }: Entity): string {
  return `${model.name} of ${model.partition.render(parts)}`;
}

/** Whether there is a default row exactly when there are images, and it repeats one of them. */
function isInLine(table: MemoryTable, entity: Entity): boolean {
  const row = table.pointer(entity);
  if (row === undefined) return table.newest(entity) === undefined;
  if (entity.model.choose === 'newest') return sameImage(row.member, table.newest(entity));
  return sameImage(row.member, table.member(entity, row.member.sort));
}

/** Whether a pointer to the newest row goes on to a newer one. */
function isNewer(
  { definition }: World,
  { model: { name, keys } }: Entity,
  was: Member,
  is: Member | undefined,
): boolean {
  // By the definition, and not by what the worker says that it is.
  const choose = definition.model.pointers.find((model) => model.name === name)?.choose;
  return choose === 'newest' && is !== undefined && compareKeyTexts(keys.sortType, is.sort, was.sort) > 0;
}

function sameImage(a: Member | undefined, b: Member | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return equalRecords(a.attributes, b.attributes);
}
