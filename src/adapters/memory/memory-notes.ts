import { type Note, Notes, type NoteWrite } from '../../application/ports/notes.ts';
import { NoteBook } from '../../domain/note-book.ts';

/** Notes in memory, which are gone with the process. */
export class MemoryNotes extends Notes {
  readonly #books = new Map<string, NoteBook>();

  override async load(subject: string, signal?: AbortSignal): Promise<readonly Note[]> {
    return this.#book(subject, signal).notes;
  }

  override async save(
    subject: string,
    notes: readonly NoteWrite[],
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    return this.#book(subject, signal).save(notes);
  }

  override async remove(subject: string, names: readonly string[], signal?: AbortSignal): Promise<void> {
    this.#book(subject, signal).remove(names);
  }

  #book(subject: string, signal: AbortSignal | undefined): NoteBook {
    signal?.throwIfAborted();
    let book = this.#books.get(subject);
    if (book === undefined) this.#books.set(subject, (book = new NoteBook()));
    return book;
  }
}
