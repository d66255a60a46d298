import type { DocumentKey } from '../../src/domain/search-document.ts';
import { ModelledFences } from '../model/modelled-fences.ts';

const COLLECTIONS = 5;
const collect = (globalThis as unknown as { gc: () => void }).gc;

/** Fences that look at the memory when they are read: then a batch is in hand, and what waits behind it is held. */
export class SampledFences extends ModelledFences {
  peak = 0;
  readonly #every: number;
  #count = 0;
  #sampled = 0;
  #mark = Infinity;
  #onMark: (peak: number) => void = () => undefined;

  constructor(every: number) {
    super(0);
    this.#every = every;
  }

  /** @returns what is in use now. */
  begin(): number {
    // V8 lets go of what it has compiled only after several.
    for (let n = 0; n < COLLECTIONS; n++) collect();
    this.#count = this.#sampled = 0;
    return (this.peak = used());
  }

  onCount(count: number, listener: (peak: number) => void): void {
    this.#mark = count;
    this.#onMark = listener;
  }

  override load(keys: readonly DocumentKey[], signal?: AbortSignal) {
    this.#count += keys.length;
    if (this.#count - this.#sampled >= this.#every) {
      this.#sampled = this.#count;
      this.peak = Math.max(this.peak, used());
    }
    if (this.#count >= this.#mark) {
      this.#mark = Infinity;
      this.#onMark(this.peak);
    }
    return super.load(keys, signal);
  }
}

/** Bytes that are reachable, on the heap and beside it. */
function used(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
