import type { Fault } from '../domain/fault.ts';
import { decideIndexing, type IndexDecision } from '../domain/index-decision.ts';
import type { ItemKey } from '../domain/row.ts';
import type { SearchAction } from '../domain/search-action.ts';
import type { DocumentKey } from '../domain/search-document.ts';
import type { SearchFence, SearchFenceMove } from '../domain/search-fence.ts';
import { compareVersions, type Version } from '../domain/version.ts';
import { again, type IndexOutcome, type Settled } from './index-outcome.ts';
import type { DocumentWrite } from './ports/search-index.ts';

/** A message of a document, and its place in its batch. */
export interface PlacedAction {
  readonly index: number;
  readonly action: SearchAction;
  /** Whether somebody had it before. */
  readonly isRepeated: boolean;
}

/** What the newest message was to its document, and what the others were; undefined: as its action says. */
const SETTLED: Readonly<Record<IndexDecision, readonly [Settled | undefined, Settled]>> = {
  write: [undefined, 'superseded'],
  repair: ['repaired', 'late'],
  none: ['late', 'late'],
};

const NONE: readonly Version[] = [];

const DONE = Object.fromEntries(
  (['written', 'deleted', 'superseded', 'late', 'repaired'] as const).map((as) => [
    as,
    { status: 'done', as },
  ]),
) as Readonly<Record<Settled, IndexOutcome>>;

/** How far a batch has come with one document. */
export class IndexWork {
  readonly key: DocumentKey;
  /** The row that it is of; undefined where none of its actions says so. */
  readonly row: ItemKey | undefined;
  /** What is to be done, once the fence was read. */
  decision: IndexDecision = 'write';
  /** Whether a write was sent of which nothing is known yet. */
  isUnderWay = false;
  /** It ought to have been repaired, and no action of it says which row it is of. */
  isUnrepaired = false;
  /** The newest first. */
  #actions: readonly PlacedAction[];
  readonly #unconfirmed: readonly Version[];
  /** Those of the whole batch, by its messages' places. */
  readonly #outcomes: IndexOutcome[];
  #written = NONE;
  #fence: SearchFence | undefined;

  /**
   * @param actions those of one document: at least one.
   * @param outcomes where it is noted what becomes of each, at its message's place.
   */
  constructor(actions: readonly PlacedAction[], outcomes: IndexOutcome[]) {
    this.#outcomes = outcomes;
    // Most documents have one.
    this.#actions =
      actions.length === 1
        ? actions
        : actions.toSorted((a, b) => compareVersions(b.action.version, a.action.version));
    const repeated = actions.filter(({ isRepeated }) => isRepeated);
    this.#unconfirmed = repeated.length === 0 ? NONE : repeated.map(({ action }) => action.version);
    this.key = this.newest.key;
    this.row = this.#actions.find(({ action }) => action.row !== undefined)?.action.row;
  }

  get newest(): SearchAction {
    return (this.#actions[0] as PlacedAction).action;
  }

  /** Whether it is known what becomes of all of its messages. */
  get isOver(): boolean {
    return this.#actions.length === 0;
  }

  /** Decides on the fence as it was just read. */
  decide(fence: SearchFence | undefined): void {
    this.#fence = fence;
    this.decision = decideIndexing({
      fence,
      newest: this.newest.version,
      unconfirmed: this.#unconfirmed,
      written: this.#written,
    });
    // Of the fence's own version the action itself says what the document must be.
    const isSame = fence !== undefined && compareVersions(fence.version, this.newest.version) === 0;
    if (this.decision !== 'repair' || this.row !== undefined || isSame) return;
    this.isUnrepaired = true;
    this.decision = 'none';
  }

  /** @param document as its row is now, where it is repaired. */
  writeOf(document: DocumentWrite['document']): DocumentWrite {
    const { newest } = this;
    const json = document === newest.document ? newest.json : undefined;
    return { id: this.key.id, document, json, version: this.#target };
  }

  /** It was written: others may have moved the fence meanwhile. */
  wrote(): void {
    if (this.decision === 'write') this.#written = [...this.#written, this.newest.version];
  }

  moveTo(document: DocumentWrite['document']): SearchFenceMove {
    const revision = this.decision === 'repair' ? (this.#fence?.revision ?? 0) + 1 : 0;
    const to = { version: this.#target, removed: document === undefined, revision };
    return { key: this.key, from: this.#fence, to };
  }

  get #target(): Version {
    return (this.decision === 'repair' ? this.#fence?.version : undefined) ?? this.newest.version;
  }

  /** It is as its newest action says, or newer. The first message stands for what was done to the document. */
  settle(): void {
    const { decision, newest } = this;
    const carriedOut = newest.document === undefined ? 'deleted' : 'written';
    const [first, others] = SETTLED[decision];
    let as = first ?? carriedOut;
    for (const { index } of this.#actions) {
      this.#outcomes[index] = DONE[as];
      as = others;
    }
    this.#actions = [];
  }

  /** The newest action can never be carried out: the next older one decides. */
  refuse(fault: Fault): void {
    const { version } = this.newest;
    const isRefused = ({ action }: PlacedAction) => compareVersions(action.version, version) === 0;
    this.#end(this.#actions.filter(isRefused), fault);
  }

  /** It failed, and with it all that is left. Nothing is known any more of what is under way. */
  fail(fault: Fault): void {
    this.#end(this.#actions, fault);
  }

  #end(actions: readonly PlacedAction[], fault: Fault): void {
    for (const { index } of actions) this.#outcomes[index] = again(fault, this.isUnderWay);
    this.#actions = this.#actions.filter((action) => !actions.includes(action));
  }
}
