import { Fault } from '../../domain/fault.ts';

/** What a refusal may be of: an `item`, for what it holds, or the `setting` of a resource, which lets no such item pass. */
export type RefusedFor = 'item' | 'setting';

export interface RefusalOptions extends ErrorOptions {
  readonly refusedFor: RefusedFor;
  /** What to check, where a setting is at fault. */
  readonly advice: string;
  /** The same for all that are refused for one cause. */
  readonly reason: string;
}

/**
 * A service's refusal of a request, or of one item of it. By itself it says nothing of the items: a table with other
 * keys, a proxy or a permission refuse all alike. So it is a `configuration` fault, until `takeApart` has seen that one
 * item alone is refused while others are taken.
 */
export class Refusal extends Fault {
  readonly refusedFor: RefusedFor;
  readonly #text: string;

  /** @param text what was refused, and why. */
  constructor(text: string, { refusedFor, advice, reason, ...options }: RefusalOptions) {
    super('configuration', `${text}; ${advice}`, { ...options, reason });
    this.refusedFor = refusedFor;
    this.#text = text;
  }

  /** The same of an item that can never be taken. */
  asPoison(): Fault {
    return new Fault('permanent', this.#text, { cause: this.cause, reason: this.reason });
  }
}
