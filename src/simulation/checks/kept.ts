import { type Entry, isOfNoKind, nameOf } from '../world/entry.ts';
import type { Invocation } from '../world/instance.ts';
import type { Ledger } from '../world/ledger.ts';
import type { Asked } from '../world/subject.ts';
import { spoilOf } from './spoiled.ts';
import type { Report } from './violation.ts';

interface KeptParts {
  readonly invocation: Invocation;
  /** What one call is to put in quarantine. */
  readonly kept: readonly Entry[];
  readonly ledger: Ledger;
  readonly askedBy: (entry: Entry) => Asked;
  /** Names the call. */
  readonly what: string;
  readonly report: Report;
}

/** Who redrives what is in quarantine must not overtake what its item had before it. */
export function checkKept({ invocation, kept, ledger, askedBy, what, report }: KeptParts): void {
  const { entries, started } = invocation;
  const matters = (entry: Entry) => !isOfNoKind(entry) && spoilOf(entry, invocation)?.hidesItem !== true;
  const isThrough = (one: Entry) =>
    kept.includes(one) ||
    ledger.isQuarantined(one) ||
    ledger.missingEffect(one, askedBy(one), started) === undefined;
  for (const entry of kept.filter(matters)) {
    const earlier = entries.slice(0, entries.indexOf(entry)).filter(({ key }) => key === entry.key);
    const left = earlier.find((one) => matters(one) && !isThrough(one));
    if (left !== undefined)
      report(
        'nothing goes to quarantine before what its item had before it',
        `${what} for ${nameOf(entry)}, and ${nameOf(left)} is not carried out`,
      );
  }
}
