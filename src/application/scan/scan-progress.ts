import { Fault } from '../../domain/fault.ts';
import { isObject } from '../../domain/json.ts';
import type { NoteWrite, Notes } from '../ports/notes.ts';

/** How far one segment of a scan is done. */
export interface SegmentPlace {
  readonly segment: number;
  /** Where its next page begins; undefined for its beginning. */
  readonly from: string | undefined;
  /** Whether nothing of it is left. */
  readonly isDone: boolean;
  /** What was counted in the pages before, by name. */
  readonly tally: Readonly<Record<string, number>>;
}

export interface ScanProgressOptions {
  readonly notes: Notes;
  /** What is scanned for: of each there is one at a time. */
  readonly subject: string;
  /** What decides what is done with each row: a scan goes on only where it is the same. */
  readonly plan: string;
  readonly segments: number;
  /** The same for no other process. */
  readonly run: string;
}

const PLAN = 'plan';
const FIRST_REVISION = 0;

/**
 * How far a scan of all rows has come, noted for good segment by segment: who comes later goes on from there. Whoever opens it last has it to itself:
 * what another process saves after that is refused.
 */
export class ScanProgress {
  readonly segments: readonly SegmentPlace[];
  /** Whether an earlier process has begun it. */
  readonly isResumed: boolean;
  readonly #options: ScanProgressOptions;
  readonly #revisions: number[];

  private constructor(
    options: ScanProgressOptions,
    segments: readonly SegmentPlace[],
    revisions: number[],
    isResumed: boolean,
  ) {
    this.#options = options;
    this.segments = segments;
    this.#revisions = revisions;
    this.isResumed = isResumed;
  }

  /**
   * Takes a scan over where it was left, or begins it: also where the one that was left was of another plan, or of more or fewer segments.
   *
   * @throws Fault `conflict` where another process opens it at the same time; another where the notes cannot be read or saved.
   */
  static async open(options: ScanProgressOptions, signal?: AbortSignal): Promise<ScanProgress> {
    const { notes, subject, plan, segments } = options;
    const found = await notes.load(subject, signal);
    const of = JSON.stringify({ plan, segments });
    const noted = new Map(found.map((note) => [note.name, note]));
    const isResumed = noted.get(PLAN)?.text === of;
    const places = Array.from({ length: segments }, (_, segment): SegmentPlace => {
      const note = isResumed ? noted.get(nameOf(segment)) : undefined;
      return note === undefined ? beginningOf(segment) : readPlace(note.text, segment);
    });
    const revisionOf = (name: string) => noted.get(name)?.revision ?? FIRST_REVISION;
    // First the places: were the plan there before them, those of another plan would be taken for its own.
    const writes = places.map((place): NoteWrite => {
      const name = nameOf(place.segment);
      return { name, after: revisionOf(name), text: placeText(place, options.run) };
    });
    if (!isResumed) await notes.remove(subject, noted.has(PLAN) ? [PLAN] : [], signal);
    if ((await notes.save(subject, writes, signal)).length > 0) throw takenFault(subject);
    if (!isResumed) {
      const refused = await notes.save(subject, [{ name: PLAN, after: 0, text: of }], signal);
      if (refused.length > 0) throw takenFault(subject);
      const others = found.map(({ name }) => name).filter((name) => isBeyond(name, segments));
      await notes.remove(subject, others, signal);
    }
    return new ScanProgress(
      options,
      places,
      writes.map(({ after }) => after + 1),
      isResumed,
    );
  }

  /**
   * Notes how far a segment is. Of one segment, one after the other.
   *
   * @throws Fault `conflict` where another process has taken the scan over: this one is to stop. Another where it cannot be saved.
   */
  async save(place: SegmentPlace, signal?: AbortSignal): Promise<void> {
    const { notes, subject, run } = this.#options;
    const after = this.#revisions[place.segment] ?? FIRST_REVISION;
    const note = { name: nameOf(place.segment), after, text: placeText(place, run) };
    if ((await notes.save(subject, [note], signal)).length > 0) throw takenFault(subject);
    this.#revisions[place.segment] = after + 1;
  }

  /** Forgets how far it is, once nothing is left: the next scan begins anew. */
  async finish(signal?: AbortSignal): Promise<void> {
    const { notes, subject } = this.#options;
    await notes.remove(subject, [PLAN, ...this.segments.map(({ segment }) => nameOf(segment))], signal);
  }
}

/** How far a scan is that leaves nothing behind. */
export function unnotedProgress(
  segments: number,
): Pick<ScanProgress, 'segments' | 'isResumed' | 'save' | 'finish'> {
  return {
    segments: Array.from({ length: segments }, (_, segment) => beginningOf(segment)),
    isResumed: false,
    save: () => Promise.resolve(),
    finish: () => Promise.resolve(),
  };
}

function beginningOf(segment: number): SegmentPlace {
  return { segment, from: undefined, isDone: false, tally: {} };
}

function nameOf(segment: number): string {
  return `segment ${segment}`;
}

function isBeyond(name: string, segments: number): boolean {
  return name.startsWith('segment ') && Number(name.slice('segment '.length)) >= segments;
}

function placeText({ from, isDone, tally }: SegmentPlace, run: string): string {
  return JSON.stringify({ run, from, isDone, tally });
}

/** @throws Fault `configuration` for what a later version has noted. */
function readPlace(text: string, segment: number): SegmentPlace {
  const noted: unknown = JSON.parse(text);
  if (!isObject(noted) || !isObject(noted['tally']) || typeof noted['isDone'] !== 'boolean')
    throw new Fault(
      'configuration',
      `how far segment ${segment} was done cannot be read: a later version has noted it; use that one, or begin anew`,
    );
  const { from, isDone, tally } = noted as unknown as SegmentPlace;
  return { segment, from, isDone, tally };
}

function takenFault(subject: string): Fault {
  return new Fault(
    'conflict',
    `another process has taken ${subject} over: this one stops, and nothing is lost`,
    { reason: 'another process has taken the scan over' },
  );
}
