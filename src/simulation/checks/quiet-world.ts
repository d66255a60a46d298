import { verify } from '../../application/verify/verify.ts';
import { MemoryDerivedState } from '../../adapters/memory/memory-derived-state.ts';
import type { Attributes } from '../../domain/value.ts';
import { type Entry, isRepairable, nameOf } from '../world/entry.ts';
import { keyOfRow, nameOfKey } from '../world/item.ts';
import type { World } from '../world/world.ts';
import { type LostRows, lostRowsOf } from './lost-rows.ts';

/** What must hold once the world is quiet. Reports to its `invariants`. */
export async function checkQuietWorld(world: World): Promise<void> {
  const { ledger, invariants, queue } = world;
  for (const entry of ledger.entries) checkEnd(entry, world);
  if (queue.size > 0)
    invariants.report('the world becomes quiet', `${queue.size} messages are left in the queue`);

  await checkDerived(world);
  for (const { tuple, at } of ledger.countRows.misplaced(world.definition.model))
    invariants.report(
      'what is derived is what the table says',
      `${JSON.stringify(tuple)} is still counted at ${JSON.stringify(at)}`,
    );
}

/** What must hold whenever nothing is under way. */
export async function checkDerived(world: World): Promise<void> {
  const { invariants } = world;
  const verification = await verify(new TrueState(world), world.definition);
  const lost = await lostRowsOf(world);
  const drift = verification.drift.filter((one) => !lost.explains(one));
  if (lost.keys.size > 0) {
    world.counts.add('rows whose latest changes are lost', lost.keys.size);
    world.counts.add('derived of them, and drifted', verification.drift.length - drift.length);
  }
  if (drift.length > 0)
    invariants.report(
      'what is derived is what the table says',
      drift.map(({ derivation, problem, what }) => `${derivation}: ${problem} ${what}`).join('; '),
    );
  if (world.settings.backend === 'memory') checkReplica(world, lost);
}

function checkEnd(entry: Entry, { ledger, invariants, reigns }: World): void {
  if (ledger.isHandled(entry) || reigns.lossOf(entry) === 'noted') return;
  const isKept = ledger.isQuarantined(entry) || ledger.isAside(entry);
  if (isKept && !isRepairable(entry)) return;
  if (isKept) invariants.report('what an operator repairs is handled in the end', nameOf(entry));
  else if (ledger.isAcknowledged(entry)) invariants.report('no record is lost', nameOf(entry));
  else
    invariants.report(
      'the world becomes quiet',
      `nobody delivers ${nameOf(entry)} any more, which was never handled`,
    );
}

function checkReplica({ table, source, invariants, definition }: World, lost: LostRows): void {
  const replica = new Map<string, Attributes>();
  for (const row of table.rows()) replica.set(nameOfKey(keyOfRow(row, definition.model.keys)), row);
  for (const { item, attributes } of source.rows()) {
    if (!item.isKept || lost.keys.has(item.key)) continue;
    const row = replica.get(item.key);
    replica.delete(item.key);
    if (row === undefined) invariants.report('the replica is the table', `it lacks ${item.key}`);
    else if (!row.equals(attributes))
      invariants.report('the replica is the table', `it has another ${item.key}`);
  }
  for (const key of replica.keys())
    if (!lost.keys.has(key)) invariants.report('the replica is the table', `it has ${key}, which is gone`);
}

/** What is derived, beside the rows as they were written, and not as the worker read them. */
class TrueState extends MemoryDerivedState {
  readonly #world: World;

  constructor(world: World) {
    const { engine, table, matcher, derived } = world;
    super({ documents: () => engine.all() }, table, matcher, derived);
    this.#world = world;
  }

  override async *rows() {
    yield* this.#world.recountedRows();
  }
}
