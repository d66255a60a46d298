import { ReaderWorld, type Variant } from './reader-world.ts';
import { Violation } from '../../../src/simulation/checks/violation.ts';

/** @returns what a seed violates. */
export async function violationOf(seed: number, variantOf?: () => Variant): Promise<Violation | undefined> {
  try {
    await new ReaderWorld(seed, variantOf).run();
    return undefined;
  } catch (error) {
    if (error instanceof Violation) return error;
    throw error;
  }
}
