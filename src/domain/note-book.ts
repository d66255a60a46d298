import { compareTexts } from './compare-texts.ts';

/** A note, as it was last saved. */
export interface NotedText {
  readonly name: string;
  readonly revision: number;
  readonly text: string;
}

/** The notes of one subject, in memory: the rules by which they change. */
export class NoteBook {
  readonly #notes: Map<string, NotedText>;

  constructor(notes: readonly NotedText[] = []) {
    this.#notes = new Map(notes.map((note) => [note.name, note]));
  }

  get notes(): readonly NotedText[] {
    return [...this.#notes.values()].toSorted((a, b) => compareTexts(a.name, b.name));
  }

  /** @returns the names of those that are at another revision than that which they are to follow. */
  save(
    notes: readonly { readonly name: string; readonly after: number; readonly text: string }[],
  ): readonly string[] {
    return notes.flatMap(({ name, after, text }) => {
      const there = this.#notes.get(name);
      // Saved again, since the answer was lost.
      if (there?.revision === after + 1 && there.text === text) return [];
      if ((there?.revision ?? 0) !== after) return [name];
      this.#notes.set(name, { name, revision: after + 1, text });
      return [];
    });
  }

  remove(names: readonly string[]): void {
    for (const name of names) this.#notes.delete(name);
  }
}
