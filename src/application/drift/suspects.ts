import { canonicalRecord } from '../../domain/canonical-text.ts';
import type { Finding, FindingSide } from '../../domain/drift/finding.ts';
import type { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import { type Mending, notAskedFor, whatWasDone } from '../../domain/drift/mending.ts';
import type { Fault } from '../../domain/fault.ts';
import type { MonotonicClock } from '../ports/monotonic-clock.ts';
import type { SearchBacklog } from '../ports/search-backlog.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import type { Found, MendSubjects } from './repair/mend-subjects.ts';
import type { Seen } from './seen.ts';
import { type Subject, subjectName } from './subject.ts';

/** What came of a suspect. */
export interface Verdicts {
  /**
   * Two looks, so far apart, have shown the same.
   *
   * @param mendingOf what became of each finding, where they were to be mended.
   */
  found(subject: Subject, findings: readonly Finding[], mendingOf?: (finding: Finding) => Mending): void;
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
  /** How often a suspect is looked at again, and how often it is once more after it was mended. */
  readonly looks: number;
  /** Mends what is found; undefined where it is only told. */
  readonly mend: MendSubjects | undefined;
  /** Whether of what is mended it is kept what both sides said. */
  readonly keepsSides: boolean;
}

/** A subject that was not as it must be when it was last looked at. */
interface Suspect {
  readonly subject: Subject;
  /** What stands for what was seen; undefined where nothing clear was. */
  readonly sight: string | undefined;
  readonly hasDocument: boolean;
  readonly at: number;
  readonly why: string;
  /** How often it may be looked at yet. */
  readonly looks: number;
  readonly mended: Mended | undefined;
}

/** What was done about a suspect. */
interface Mended {
  /** All that was found of it. */
  readonly findings: readonly Finding[];
  readonly times: number;
  /** Why it could not be mended the last time. */
  readonly fault: Fault | undefined;
}

/** What is mended, and differs all the same, is mended again so often. */
const MOST_MENDED = 3;

/** So many that could not be mended have another try in the end. */
const MOST_LATER = 1_000;

/** So many are looked at at a time. */
const AT_ONCE = 500;

/**
 * What differs, and is looked at again until it agrees or persists. Of what was seen, only a fingerprint is kept, so that memory
 * has a bound whatever the size of what differs.
 */
export class Suspects {
  readonly #parts: SuspectsParts;
  #waiting = new Map<string, Suspect>();
  /** Those that could not be mended: perhaps they can be once all others are. */
  readonly #later: Suspect[] = [];
  #isLast = false;

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
    const { settleMs } = this.#parts;
    let pending = [...this.#waiting.values()];
    this.#waiting = new Map();
    while (pending.length > 0) {
      const newest = pending.reduce((latest, { at }) => Math.max(latest, at), -Infinity);
      await this.#sleepUntil(newest + settleMs, signal);
      const isDrained = await this.#isDrained(pending, signal);
      const next: Suspect[] = [];
      for (let from = 0; from < pending.length; from += AT_ONCE)
        next.push(...(await this.#again(pending.slice(from, from + AT_ONCE), isDrained, signal)));
      pending = next.filter((suspect) => suspect.looks > 0 || this.#giveUp(suspect));
    }
  }

  /** The last time: those that could not be mended have another try, as what was in their way may be mended by now. */
  async finish(signal: AbortSignal): Promise<void> {
    await this.settle(signal);
    this.#isLast = true;
    for (const suspect of this.#later) this.#waiting.set(subjectName(suspect.subject), suspect);
    await this.settle(signal);
  }

  /** @returns those that are still to be told. */
  async #again(
    suspects: readonly Suspect[],
    isDrained: boolean,
    signal: AbortSignal,
  ): Promise<readonly Suspect[]> {
    const { look } = this.#parts;
    const seen = await look(
      suspects.map(({ subject }) => subject),
      signal,
    );
    const steady: (Found & { readonly suspect: Suspect })[] = [];
    const next: Suspect[] = [];
    for (const [at, before] of suspects.entries()) {
      const now = seen[at];
      const again = now && this.#suspect(before.subject, now, before);
      if (now === undefined || again === undefined) this.#isOver(before, now);
      else if (now.is !== 'differs' || again.sight !== before.sight) next.push(again);
      else if (again.hasDocument && !isDrained)
        next.push({
          ...again,
          why: 'the search queue was not seen empty, so its document may be under way',
        });
      else steady.push({ subject: before.subject, findings: now.findings, suspect: again });
    }
    return [...next, ...(await this.#found(steady, signal))];
  }

  /** Tells what two looks have shown, or mends it. @returns those that were mended. */
  async #found(
    steady: readonly (Found & { readonly suspect: Suspect })[],
    signal: AbortSignal,
  ): Promise<readonly Suspect[]> {
    const { mend, verdicts, looks, keepsSides } = this.#parts;
    const toMend: (typeof steady)[number][] = [];
    for (const one of steady) {
      const { subject, findings, suspect } = one;
      if (mend === undefined) verdicts.found(subject, findings);
      else if ((suspect.mended?.times ?? 0) < MOST_MENDED && mend.isAsked(findings)) toMend.push(one);
      else if (!this.#isLast && suspect.mended?.fault !== undefined && this.#later.length < MOST_LATER)
        this.#later.push({ ...suspect, looks, mended: { ...suspect.mended, times: 0 } });
      else this.#tell(suspect, findings, 'it differs as before');
    }
    if (mend === undefined || toMend.length === 0) return [];
    const faults = await mend.execute(toMend, signal);
    return toMend.map(({ findings, suspect: { mended, ...suspect } }, at): Suspect => {
      const times = (mended?.times ?? 0) + 1;
      const now = keepsSides ? findings : findings.map((one) => ({ ...one, must: undefined, is: undefined }));
      const all = allOf(mended?.findings ?? [], now);
      // What was seen before it was mended stands for nothing any more.
      return { ...suspect, looks, sight: undefined, mended: { findings: all, times, fault: faults[at] } };
    });
  }

  /** Tells of a suspect that was mended that it is as it must be, or refused; of others there is nothing to tell. */
  #isOver(suspect: Suspect, seen: Seen | undefined): void {
    if (suspect.mended === undefined) return;
    if (seen?.is === 'refused')
      this.#tell(suspect, suspect.mended.findings, 'the definition refuses its row');
    else this.#tell(suspect, [], '');
  }

  /** @returns false. */
  #giveUp(suspect: Suspect): false {
    if (suspect.mended === undefined) this.#parts.verdicts.undecided(suspect.subject, suspect.why);
    else this.#tell(suspect, suspect.mended.findings, suspect.why);
    return false;
  }

  /** @param left what is found of it still. */
  #tell({ subject, mended }: Suspect, left: readonly Finding[], why: string): void {
    const { mend, verdicts } = this.#parts;
    const names = new Set(left.map(nameOf));
    verdicts.found(subject, allOf(mended?.findings ?? [], left), (finding) => {
      if (!names.has(nameOf(finding))) return { isMended: true, what: whatWasDone(finding) };
      const ofItsDerivation = left.filter(({ derivation }) => derivation === finding.derivation);
      if (mend?.isAsked(ofItsDerivation) !== true)
        return { isMended: false, what: notAskedFor(finding, mend?.kinds ?? []) };
      return { isMended: false, what: mended?.fault?.message ?? why };
    });
  }

  #suspect(subject: Subject, seen: Seen, before?: Suspect): Suspect | undefined {
    const { clock, fingerprints, verdicts } = this.#parts;
    const looks = before === undefined ? this.#parts.looks : before.looks - 1;
    const rest = { subject, at: clock.elapsed(), looks, mended: before?.mended };
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

/** What was found before and what is found now, each once, as it is now. */
function allOf(before: readonly Finding[], now: readonly Finding[]): readonly Finding[] {
  const names = new Set(now.map(nameOf));
  return [...before.filter((finding) => !names.has(nameOf(finding))), ...now];
}

function nameOf({ derivation, item }: Finding): string {
  return `${derivation} ${item}`;
}

function textOf({ drift, derivation, item, must, is }: Finding): readonly string[] {
  return [drift, derivation, item, sideText(must), sideText(is)];
}

function sideText(side: FindingSide): string {
  return side === undefined ? '' : canonicalRecord(Object.entries(side));
}
