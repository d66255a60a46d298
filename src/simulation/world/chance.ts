import { Random } from '../../random/random.ts';

/**
 * A source of chance for one named purpose. What is drawn for one purpose leaves all others alone, so that leaving
 * out a part of a run changes the rest as little as possible.
 */
export function chanceOf(seed: number, ...purpose: readonly (string | number)[]): Random {
  return Random.of(hashOf(`${seed}/${purpose.join('/')}`));
}

/** An integer of 32 bits, signed, that depends on every character (FNV-1a, then mixed). */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
