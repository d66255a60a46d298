import { Retrier } from '../../../../src/application/retry.ts';
import type { Variant } from '../../../../src/simulation/runs/variant.ts';

type Run = Retrier['run'];

/** Tries effects in another way, made of the right one. */
export function retrierWith(way: (run: Run) => Run): Variant['retrier'] {
  return (...parts) => {
    const retrier = new Retrier(...parts);
    retrier.run = way(retrier.run.bind(retrier));
    return retrier;
  };
}
