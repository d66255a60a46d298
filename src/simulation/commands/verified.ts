import type { VerifyListener } from '../../application/drift/verify-report.ts';
import { DefinitionRecount } from '../../application/verify/recount.ts';
import { tupleKey } from '../../domain/count.ts';
import type { Finding } from '../../domain/drift/finding.ts';
import { type Entry, isRepairable, nameOf } from '../world/entry.ts';
import { nameOfKey } from '../world/item.ts';
import type { World } from '../world/world.ts';
import type { Planted } from './planted/plant.ts';

interface VerifiedParts {
  readonly world: World;
  readonly name: string;
  /** What was changed behind the worker's back before it began. */
  readonly planted: readonly Planted[];
  /** How far apart two looks are. */
  readonly settleMs: number;
}

/**
 * Judges what a verification finds: all that was planted, and beside it nothing but what is really so, as a change is handled only after
 * a longer time than it waits between two looks, or not at all.
 */
export class Verified implements VerifyListener {
  readonly found = new Set<string>();
  readonly undecided: string[] = [];
  readonly #parts: VerifiedParts;
  readonly #since: number;

  constructor(parts: VerifiedParts) {
    this.#parts = parts;
    this.#since = parts.world.scheduler.now;
  }

  onFinding(finding: Finding): void {
    const { world, name, planted } = this.#parts;
    const { drift, derivation, item } = finding;
    world.trace(() => `${name} finds: ${drift} ${derivation} ${item}`);
    world.counts.add(`verify: ${drift} is found`);
    const place = placeOf(finding);
    this.found.add(place);
    if (planted.some((one) => placeOf(one) === place) || this.#isSo(finding)) return;
    world.invariants.report(
      'verify finds only what has drifted',
      `${name} finds: ${drift} ${derivation} ${item}`,
    );
  }

  onUndecided(item: string, why: string): void {
    const { world, name } = this.#parts;
    this.undecided.push(item);
    world.trace(() => `${name} cannot tell of ${item}: ${why}`);
    world.counts.add('verify: it cannot be told');
  }

  /**
   * Sees that all that was planted is found.
   *
   * @param isBusy whether writes went on: of what changes all the time, nobody can tell.
   */
  checkComplete(isBusy: boolean): void {
    const { world, name, planted } = this.#parts;
    if (!isBusy && this.undecided.length > 0)
      world.invariants.report(
        'verify finds all that has drifted',
        `${name} cannot tell of ${this.undecided.join(', ')}`,
      );
    const moved = this.#countsThatMoved();
    for (const one of planted)
      if (!this.found.has(placeOf(one)) && !moved.has(placeOf(one)) && !(isBusy && this.#isUndecided(one)))
        world.invariants.report(
          'verify finds all that has drifted',
          `${name} does not find: ${one.drift} ${one.derivation} ${one.item}`,
        );
  }

  #isUndecided({ item, row }: Planted): boolean {
    const key = row && JSON.stringify([row.partition, ...(row.sort === undefined ? [] : [row.sort])]);
    return this.undecided.some((one) => one === item || (key !== undefined && one.endsWith(key)));
  }

  /** Counts that rows came to or left since it began: one may look right by chance then, or be undecided. */
  #countsThatMoved(): ReadonlySet<string> {
    const { definition, ledger } = this.#parts.world;
    const recount = new DefinitionRecount(definition);
    for (const { time, before, after } of ledger.entries)
      if (time >= this.#since) for (const row of [before, after]) if (row !== undefined) recount.add(row);
    const moved = new Set<string>();
    for (const [derivation, { names, sums }] of recount.counts)
      for (const what of sums.keys()) {
        const parts = JSON.parse(what) as readonly string[];
        const tuple = Object.fromEntries(names.map((part, index) => [part, parts[index] ?? '']));
        moved.add(placeOf({ derivation, item: `count ${tupleKey(tuple)}` }));
      }
    return moved;
  }

  /** Whether the worker, or an indexer, was so late with something that what is found was so. */
  #isSo({ row, item }: Finding): boolean {
    const { world } = this.#parts;
    const { commands, indexer } = world;
    if (commands?.isBetweenDefinitions === true) return true;
    if (item.startsWith('document ') && indexer.isDisturbed) return true;
    const isOfRow = row !== undefined && !item.startsWith('row ');
    const key = isOfRow ? nameOfKey(row) : undefined;
    const late = world.ledger.entries.find(
      (entry) => (key ?? entry.key) === entry.key && this.#isLate(entry),
    );
    if (late !== undefined) {
      world.trace(() => `which is so: ${nameOf(late)} is late`);
      return true;
    }
    const { unseen } = commands ?? { unseen: new Set<string>() };
    return key === undefined ? unseen.size > 0 : unseen.has(key);
  }

  #isLate(entry: Entry): boolean {
    const { world, settleMs } = this.#parts;
    if (!isRepairable(entry)) return false;
    const handled = world.ledger.handledAt(entry);
    if (handled !== undefined && handled < this.#since) return false;
    return (handled ?? world.scheduler.now) - entry.time > settleMs;
  }
}

function placeOf({ derivation, item }: Pick<Finding, 'derivation' | 'item'>): string {
  return `${derivation} ${item}`;
}
