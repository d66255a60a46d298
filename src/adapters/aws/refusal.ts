import { Fault } from '../../domain/fault.ts';

/**
 * What is refused: the `content` of one item, which no such service takes; its `size`, or that of all items of a
 * request, which is a setting; or `anything` else.
 */
export type Refused = 'content' | 'size' | 'anything';

export interface RefusalOptions extends ErrorOptions {
  /** The same for all that are refused for one cause. */
  readonly reason: string;
}

/**
 * A service's refusal of a request, or of one item of it: a `configuration` fault, as a table with other keys, a proxy or
 * a permission refuse all alike. Only a refusal of `content` is about an item, and only of one that was asked for alone.
 */
export class Refusal extends Fault {
  readonly refused: Refused;

  /** @param text what was refused, why, and what to check. */
  constructor(refused: Refused, text: string, options: RefusalOptions) {
    super('configuration', text, options);
    this.refused = refused;
  }

  /** The fault of an item that was refused alone. */
  ofOneItem(): Fault {
    if (this.refused !== 'content') return this;
    return new Fault('permanent', this.message, { cause: this.cause, reason: this.reason });
  }
}
