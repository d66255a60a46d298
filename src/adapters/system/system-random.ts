import { Random } from '../../application/ports/random.ts';

/** The machine's chance. */
export class SystemRandom extends Random {
  override next(): number {
    return Math.random();
  }
}
