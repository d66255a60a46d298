import { Fault } from '../../domain/fault.ts';
import { isObject } from '../../domain/json.ts';
import {
  type AnyDerivation,
  type DerivationData,
  derivationData,
  derivationText,
} from '../../domain/plan/derivation-data.ts';
import type { KeySchema } from '../../domain/table-model.ts';
import type { Notes } from '../ports/notes.ts';

/** What was noted of a derivation when all rows had last been brought into line with it. */
export interface NotedDerivation {
  readonly name: string;
  /** Of what it said; another for each that may give something else. */
  readonly hash: string;
  readonly data: DerivationData;
  /** In milliseconds since 1970; undefined for an effect, which is only known to be there. */
  readonly filledAt: number | undefined;
}

/** One text of a fixed length per text: the same everywhere, and in practice no two texts share one. */
export type Digest = (text: string) => string;

const SUBJECT = 'derivations';

/** So that a later version knows what it reads. */
const FORM = 1;

/** As often is tried to note something while others do. */
const ATTEMPTS = 10;

/** What is known of the derivations of earlier backfills, for good. */
export class DerivationNotes {
  readonly #notes: Notes;
  readonly #digest: Digest;

  constructor(notes: Notes, digest: Digest) {
    this.#notes = notes;
    this.#digest = digest;
  }

  /** The hash of what a derivation says now. */
  hashOf(keys: KeySchema, derivation: AnyDerivation): string {
    return this.#digest(`${FORM} ${derivationText(keys, derivation)}`);
  }

  /** @throws Fault `configuration` for a note of a later version; another where they cannot be read. */
  async load(signal?: AbortSignal): Promise<ReadonlyMap<string, NotedDerivation>> {
    const notes = await this.#notes.load(SUBJECT, signal);
    return new Map(notes.map(({ name, text }) => [name, { name, ...readNote(name, text) }]));
  }

  /**
   * Notes that all rows are in line with derivations. Whoever notes last is right, as both are of rows that were looked at.
   *
   * @param at when, in milliseconds since 1970.
   * @throws Fault where that cannot be saved.
   */
  async save(keys: KeySchema, derivations: readonly AnyDerivation[], at: number): Promise<void> {
    let left = derivations.map((derivation) => {
      const isFilled = derivation.is !== 'effect' || derivation.model.backfill;
      const note = { form: FORM, hash: this.hashOf(keys, derivation), ...(isFilled && { filledAt: at }) };
      return {
        name: derivation.model.name,
        text: JSON.stringify({ ...note, data: derivationData(keys, derivation) }),
      };
    });
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt === ATTEMPTS) throw new Fault('conflict', 'others note what is derived all the time');
      const there = new Map((await this.#notes.load(SUBJECT)).map((note) => [note.name, note.revision]));
      const writes = left.map((note) => ({ ...note, after: there.get(note.name) ?? 0 }));
      const refused = await this.#notes.save(SUBJECT, writes);
      left = left.filter(({ name }) => refused.includes(name));
    }
  }

  /** Forgets a derivation of which nothing is left. */
  async forget(name: string): Promise<void> {
    await this.#notes.remove(SUBJECT, [name]);
  }
}

function readNote(name: string, text: string): Omit<NotedDerivation, 'name'> {
  const noted: unknown = JSON.parse(text);
  if (!isObject(noted) || noted['form'] !== FORM)
    throw new Fault(
      'configuration',
      `what is noted of the derivation ${name} cannot be read: a later version has noted it; use that one`,
    );
  const { hash, data, filledAt } = noted as unknown as NotedDerivation;
  return { hash, data, filledAt };
}
