/** 64 bits that stand for a text, in two halves. */
export interface Fingerprint {
  readonly high: number;
  readonly low: number;
}

/** Makes fingerprints. Nobody who does not know the seeds can choose two texts that have the same. */
export class Fingerprinter {
  readonly #seeds: readonly [high: number, low: number];

  /** @param random a number from 0 up to, but not including, 1, another with each call. */
  constructor(random: () => number) {
    this.#seeds = [Math.floor(random() * 2 ** 32), Math.floor(random() * 2 ** 32)];
  }

  of(text: string): Fingerprint {
    let [high, low] = this.#seeds;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      high = Math.imul(rotated(high ^ unit, 13), 0x9e3779b1);
      low = Math.imul(rotated(low + unit, 17), 0x85ebca77);
    }
    // Each half depends on the other, so that all 64 bits tell texts apart.
    high = mixed(high ^ rotated(low, 9) ^ text.length);
    low = mixed(low ^ rotated(high, 19));
    return { high, low };
  }
}

function rotated(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by));
}

function mixed(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}
