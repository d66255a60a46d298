import { canonicalRecord } from '../../domain/canonical-text.ts';
import type { Finding, FindingSide } from '../../domain/drift/finding.ts';
import type { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import type { MonotonicClock } from '../ports/monotonic-clock.ts';
import type { SearchBacklog } from '../ports/search-backlog.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import type { Seen } from './seen.ts';
import { type Subject, subjectName } from './subject.ts';

/** What came of a suspect. */
export interface Verdicts {
  /** Two looks, so far apart, have shown the same. */
  found(subject: Subject, findings: readonly Finding[]): void;
  /** It could not be told. */
  undecided(subject: Subject, why: string): void;
  /** The definition refuses its row by now. */
  refused(subject: Subject, why: string): void;
}

export interface SuspectsParts {
  readonly look: (subjects: readonly Subject[], signal: AbortSignal) => Promise<readonly Seen[]>;
  readonly clock: MonotonicClock;
  readonly sleeper: Sleeper;
  /** Undefined where nothing stands between a change and its document. */
  readonly backlog: SearchBacklog | undefined;
  readonly fingerprints: Fingerprinter;
  readonly verdicts: Verdicts;
  /** How far apart two looks must be, in milliseconds. */
  readonly settleMs: number;
  /** How often a suspect is looked at again. */
  readonly looks: number;
}

/** A subject that was not as it must be when it was last looked at. */
interface Suspect {
  readonly subject: Subject;
  /** What stands for what was seen; undefined where nothing clear was. */
  readonly sight: string | undefined;
  readonly hasDocument: boolean;
  readonly at: number;
  readonly why: string;
}

/** So many are looked at at a time. */
const AT_ONCE = 500;

/**
 * What differs, and is looked at again until it agrees or persists. Of what was seen, only a fingerprint is kept, so that memory
 * has a bound whatever the size of what differs.
 */
export class Suspects {
  readonly #parts: SuspectsParts;
  #waiting = new Map<string, Suspect>();

  constructor(parts: SuspectsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Notes what a first look has shown, where that is not as it must be. */
  add(subject: Subject, seen: Seen): void {
    const suspect = this.#suspect(subject, seen);
    if (suspect === undefined) return;
    const name = subjectName(subject);
    const known = this.#waiting.get(name);
    this.#waiting.set(
      name,
      known === undefined ? suspect : { ...suspect, subject: together(known.subject, subject) },
    );
  }

  /** Looks at all of them again, each so long after the last look, until it is told of each what came of it. */
  async settle(signal: AbortSignal): Promise<void> {
    const { settleMs, looks, verdicts } = this.#parts;
    let pending = [...this.#waiting.values()];
    this.#waiting = new Map();
    for (let round = 0; pending.length > 0 && round < looks; round++) {
      const newest = pending.reduce((latest, { at }) => Math.max(latest, at), -Infinity);
      await this.#sleepUntil(newest + settleMs, signal);
      const isDrained = await this.#isDrained(pending, signal);
      const next: Suspect[] = [];
      for (let from = 0; from < pending.length; from += AT_ONCE)
        next.push(...(await this.#again(pending.slice(from, from + AT_ONCE), isDrained, signal)));
      pending = next;
    }
    for (const { subject, why } of pending) verdicts.undecided(subject, why);
  }

  /** @returns those that are still to be told. */
  async #again(
    suspects: readonly Suspect[],
    isDrained: boolean,
    signal: AbortSignal,
  ): Promise<readonly Suspect[]> {
    const { look, verdicts } = this.#parts;
    const seen = await look(
      suspects.map(({ subject }) => subject),
      signal,
    );
    return suspects.flatMap((before, at): Suspect | [] => {
      const now = seen[at];
      const again = now && this.#suspect(before.subject, now);
      if (now === undefined || again === undefined) return [];
      if (now.is !== 'differs' || again.sight !== before.sight) return again;
      if (again.hasDocument && !isDrained)
        return { ...again, why: 'the search queue was not seen empty, so its document may be under way' };
      verdicts.found(before.subject, now.findings);
      return [];
    });
  }

  #suspect(subject: Subject, seen: Seen): Suspect | undefined {
    const { clock, fingerprints, verdicts } = this.#parts;
    const rest = { subject, at: clock.elapsed() };
    switch (seen.is) {
      case 'same':
        return undefined;
      case 'refused':
        verdicts.refused(subject, seen.fault.reason);
        return undefined;
      case 'unclear':
        return { ...rest, sight: undefined, hasDocument: false, why: seen.fault.reason };
      case 'differs': {
        const { high, low } = fingerprints.of(JSON.stringify([seen.mark, seen.findings.map(textOf)]));
        const hasDocument = seen.findings.some(({ item }) => item.startsWith('document '));
        return { ...rest, sight: `${high} ${low}`, hasDocument, why: 'it was changing all the time' };
      }
    }
  }

  async #isDrained(pending: readonly Suspect[], signal: AbortSignal): Promise<boolean> {
    const { backlog } = this.#parts;
    if (backlog === undefined || !pending.some(({ hasDocument }) => hasDocument)) return true;
    return (await backlog.waiting(signal)) === 0;
  }

  async #sleepUntil(time: number, signal: AbortSignal): Promise<void> {
    const { clock, sleeper } = this.#parts;
    signal.throwIfAborted();
    const left = time - clock.elapsed();
    if (left > 0) await sleeper.sleep(left, signal);
    signal.throwIfAborted();
  }
}

/** One row, and all that was listed as derived from it. */
function together(one: Subject, other: Subject): Subject {
  if (one.is !== 'row' || other.is !== 'row') return other;
  return { ...other, listed: [...one.listed, ...other.listed] };
}

function textOf({ drift, derivation, item, must, is }: Finding): readonly string[] {
  return [drift, derivation, item, sideText(must), sideText(is)];
}

function sideText(side: FindingSide): string {
  return side === undefined ? '' : canonicalRecord(Object.entries(side));
}
