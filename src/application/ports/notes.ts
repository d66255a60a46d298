/** A note, as it was last saved. */
export interface Note {
  /** What it is called among those of its subject. */
  readonly name: string;
  /** How often it was saved, from 1 on. */
  readonly revision: number;
  readonly text: string;
}

/** A note to be saved. */
export interface NoteWrite {
  readonly name: string;
  /** The revision that it is to follow; 0 where there must be none of the name. */
  readonly after: number;
  /** At most 100,000 characters. */
  readonly text: string;
}

/** Short texts that outlive the process: how far commands are that take long, and what they know of earlier ones. */
export abstract class Notes {
  /** All notes of a subject, read consistently, in the order of their names. */
  abstract load(subject: string, signal?: AbortSignal): Promise<readonly Note[]>;

  /**
   * Saves notes, at most one of a name in one call, each on condition that nobody has saved or removed it since it was read. Each is
   * saved whole or not at all, and none depends on another. What is saved is there for everyone from then on. To save again what was
   * saved does nothing: so whoever is to tell its own notes from another's has them say whose they are.
   *
   * @returns the names of those that were not, as they are at another revision: load them again.
   * @throws Fault when it is not known of some what became of them. Rejects once `signal` is aborted.
   */
  abstract save(
    subject: string,
    notes: readonly NoteWrite[],
    signal?: AbortSignal,
  ): Promise<readonly string[]>;

  /** Removes notes, at whatever revision. Those that are not there are no error. */
  abstract remove(subject: string, names: readonly string[], signal?: AbortSignal): Promise<void>;
}
