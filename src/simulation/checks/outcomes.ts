import type { Outcome } from '../../application/delivery.ts';
import { isOfNoKind, isRepairable, nameOf } from '../world/entry.ts';
import type { Invocation } from '../world/instance.ts';
import type { Ledger } from '../world/ledger.ts';
import type { Settings } from '../world/settings.ts';
import { namesStream, spoilOf } from './spoiled.ts';
import type { Report } from './violation.ts';

/** A batch that the worker is through with. */
export interface Judged {
  readonly invocation: Invocation;
  /** One per record. */
  readonly outcomes: readonly Outcome[];
  /** Names the invocation. */
  readonly what: string;
  readonly report: Report;
}

/** Each outcome by itself, and beside those of its item. */
export function checkOutcomes(
  { invocation, outcomes, what, report }: Judged,
  settings: Settings,
  ledger: Ledger,
): void {
  const failedItems = new Set<string>();
  for (const [index, entry] of invocation.entries.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) continue;
    if (outcome.status === 'duplicate' && invocation.entries.indexOf(entry) === index)
      report('only a repeat is taken for one', `${what}: ${nameOf(entry)}`);
    const hidden = isOfNoKind(entry) || spoilOf(entry, invocation)?.hidesItem === true;
    if (outcome.status === 'failed') {
      if (!hidden) failedItems.add(entry.key);
      // A reader that is told to end, or has lost its lease, gives up what it has begun.
      const isGivenUp = settings.reader !== undefined && invocation.signal.aborted;
      const mayBeRefused = (ledger.followedFrom(entry) ?? Infinity) >= invocation.started;
      if (
        settings.poison === 0 &&
        settings.refusedContent === 0 &&
        settings.faults === 'none' &&
        isRepairable(entry) &&
        !mayBeRefused &&
        !isGivenUp
      )
        report('without faults nothing fails', `${what}: ${nameOf(entry)}`, outcome.fault);
    } else if (ledger.followedFrom(entry) === undefined && namesStream(entry, invocation))
      report(
        'nothing of a table that is not followed is handled',
        `${what}: ${nameOf(entry)} is ${outcome.status}`,
      );
    else if (!hidden && failedItems.has(entry.key))
      report(
        'nothing of an item is done behind its failure',
        `${what}: ${nameOf(entry)} is ${outcome.status}, and an earlier record of it failed`,
      );
  }
}

/** Where most of a batch fails in the same way, the worker is suspected, and not the records. */
export function checkReasons({ invocation, outcomes, what, report }: Judged, settings: Settings): void {
  const items = new Set<string | number>();
  const quarantined = new Map<string, Set<string | number>>();
  for (const [index, entry] of invocation.entries.entries()) {
    const spoil = spoilOf(entry, invocation);
    const item = spoil?.hidesItem === true ? index : entry.key;
    items.add(item);
    if (outcomes[index]?.status !== 'quarantined' || !invocation.offered.has(entry)) continue;
    if (spoil?.sameReason !== true) continue;
    quarantined.set(spoil.what, (quarantined.get(spoil.what) ?? new Set()).add(item));
  }
  for (const [reason, { size }] of quarantined)
    if (size >= 2 && size > items.size * settings.quarantineMaxShare)
      report(
        'no batch is mostly poison for one reason',
        `${what}: ${size} of ${items.size} items are in quarantine for ${reason}`,
      );
}
