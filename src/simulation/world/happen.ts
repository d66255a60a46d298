import type { Random } from '../../random/random.ts';
import { chanceOf } from './chance.ts';
import { MINUTE, SECOND } from './settings.ts';
import { keyOfRow } from './item.ts';
import type { World } from './world.ts';
import type { WorldEvent } from './world-events.ts';

/** Lets something come over the world. */
export function happen(world: World, event: WorldEvent): void {
  const has = hasHappened(world, event);
  world.trace(() => `${event.name}${has ? '' : ', which concerns nobody'}`);
  if (has) world.counts.add(`event: ${event.kind}`);
}

/** False when there was nothing for it to happen to. */
function hasHappened(world: World, { kind, which, span, writes = [] }: WorldEvent): boolean {
  const { changes, ledger, pool, regions, reigns, scheduler, settings } = world;
  switch (kind) {
    case 'split':
      changes.stream.split(which);
      return true;
    case 'merge':
      changes.stream.merge(which);
      return true;
    case 'new stream':
      // One that goes before anybody has seen it leaves nothing by which it could be missed.
      if (!changes.stream.isKnown) return false;
      changes.stream.end();
      // A new stream's numbers may well begin below the old one's.
      if (which < 0.5) changes.sequence /= 2n;
      changes.stream = changes.openStream(changes.stream.epoch + 1, scheduler.now);
      return true;
    case 'failover':
      return regions.failOver(span);
    case 'roll-back':
      return regions.rollBack(which, span);
    case 'new definition':
      redefine(world, which, span);
      return true;
    case 'stray':
      return deliverAgain(world, which, world.random);
    case 'redrive':
      return deliverAgain(world, which, chanceOf(settings.seed, 'redrive', which));
    case 'hold':
      for (const { source } of reigns.present.streams) source.hold(span);
      return true;
    case 'redelivery': {
      const written = ledger.entries.filter(({ item }) => item !== undefined);
      pool.invoke(
        writes.flatMap((number) => written[number] ?? []),
        false,
        () => undefined,
      );
      return true;
    }
    case 'clock jump':
    case 'crash':
    case 'stop':
    case 'freeze': {
      if (settings.reader !== undefined) return disturbReader(world, kind, which, span);
      const { instances } = pool;
      const busy = instances.filter(({ alive, invocation }) => alive && invocation?.finished === false);
      const instance = busy[Math.floor(which * busy.length)];
      if (instance === undefined) return false;
      if (kind === 'crash') pool.crash(instance);
      else if (kind === 'stop') pool.stop(instance);
      else if (kind === 'freeze') instance.life.freeze(scheduler.now + span);
      else instance.life.skew += span;
      return true;
    }
  }
}

/** Something happens to a process that reads a stream. */
function disturbReader(
  { pool, reigns, scheduler }: World,
  kind: 'clock jump' | 'crash' | 'stop' | 'freeze',
  which: number,
  span: number,
): boolean {
  const processes = reigns.readers.flatMap((readers) => readers.processes);
  const reader = processes[Math.floor(which * processes.length)];
  if (reader === undefined) return false;
  if (kind === 'crash') pool.crash(reader.instance);
  else if (kind === 'stop') reader.stop();
  else if (kind === 'freeze') reader.life.freeze(scheduler.now + span);
  else reader.life.skew += span;
  return true;
}

/** A deployment whose definition derives otherwise. Rows are written anew after it, since changes alone move what is derived. */
function redefine(world: World, which: number, span: number): void {
  const { changes, pool, scheduler, settings, source, subject } = world;
  world.definition = world.tableDefinition;
  // For a while, processes of both deployments may be given batches.
  const sideBySide = Math.min(
    chanceOf(settings.seed, 'side by side').pick([0, 0, SECOND, 20 * SECOND, MINUTE]),
    Math.max(0, settings.quietFrom - scheduler.now - 1),
  );
  if (sideBySide > 0) world.counts.add('deployments side by side');
  pool.deploy(sideBySide);
  for (const readers of world.reigns.readers) readers.deploy(sideBySide);
  // It repairs documents by its own definition, so none may go on with the old one.
  world.indexer.deploy();
  const random = chanceOf(settings.seed, 'rewriting', which);
  const rewriteAll = () => {
    for (const { item } of source.rows())
      if (subject.isRewritten(item))
        scheduler.at(Math.min(scheduler.now + random.int(0, span), settings.quietFrom), () => {
          const write = source.rewrite(item);
          if (write !== undefined) changes.write(write, undefined);
        });
  };
  if (world.commands !== undefined) {
    // Then it is for a backfill to bring what there is into line.
    world.commands.redefined();
    return;
  }
  // Not before the last process of the old deployment is done: it would derive as before.
  if (sideBySide === 0) rewriteAll();
  else scheduler.in(sideBySide + 1, rewriteAll);
  if (subject.isFiltered || world.isReplicated) return;
  // Then what is derived from rows that are derived: they do not change where their sources do not.
  scheduler.at(settings.quietFrom + 1, () => {
    for (const [key, row] of world.ownRows)
      changes.rewriteOwn(key, keyOfRow(row, world.tableDefinition.model.keys));
  });
}

/** Records that were acknowledged come again, in their order, and nobody minds what comes of it. */
function deliverAgain({ ledger, reigns, pool }: World, which: number, random: Random): boolean {
  const { entries } = ledger;
  const from = Math.floor(which * entries.length);
  const first = entries[from];
  if (first === undefined) return false;
  const again = entries
    .slice(from, from + random.int(1, 12))
    .filter(
      (entry) =>
        entry.position.epoch === first.position.epoch &&
        ledger.isAcknowledged(entry) &&
        !reigns.isBygone(entry),
    );
  const mine = random.chance(0.3) ? again.filter(({ key }) => key === again[0]?.key) : again;
  if (mine.length === 0) return false;
  const twice = random.chance(0.2) ? mine.flatMap((entry) => [entry, entry]) : mine;
  pool.invoke(twice, false, () => undefined);
  return true;
}
