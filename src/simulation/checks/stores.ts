import type { MemoryMatcherRepository } from '../../adapters/memory/memory-matcher-repository.ts';
import type { MemoryTable } from '../../adapters/memory/memory-table.ts';
import type { PoisonRecord } from '../../application/ports/quarantine.ts';
import type { Entity, Member } from '../../domain/pointer.ts';
import { equalRecords } from '../../domain/value.ts';
import type { Ledger } from '../world/ledger.ts';
import { type Ports, portsWith } from '../world/ports.ts';
import type { StepInvariants } from './step-invariants.ts';

interface Observers {
  readonly ledger: Ledger;
  readonly invariants: StepInvariants;
  readonly now: () => number;
  readonly table: MemoryTable;
  readonly counts: MemoryMatcherRepository;
  /** Before and after are undefined where there was, or is, no default row. */
  readonly pointerWritten: (entity: Entity, before: Member | undefined, after: Member | undefined) => void;
  readonly quarantined: (records: readonly PoisonRecord[]) => void;
}

/** The stores, with everything noted that takes effect in them. What has reached them is done, whatever time it is. */
export function observedStores(stores: Ports, observers: Observers): Ports {
  const { ledger, now, table, invariants, counts, quarantined } = observers;
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
      for (const [index, move] of moves.entries()) if (results[index] === 'done') ledger.counted(move);
      for (const { model, tuple, count } of counts.counts())
        if (model.amount === undefined && !(Number(count.text) > 0))
          invariants.report('counts are above zero', `${JSON.stringify(tuple)}: ${count.text}`);
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

function checkWrite(
  { ledger, now, table, invariants, pointerWritten }: Observers,
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
  if (was !== undefined && was.member.sort !== is?.member.sort)
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
  return sameImage(row.member, table.member(entity, row.member.sort));
}

function sameImage(a: Member | undefined, b: Member | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return equalRecords(a.attributes, b.attributes);
}
