import { readdirSync } from 'node:fs';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

const FOLDER = new URL('../mutants/', import.meta.url);

/** Names of all mutants, which are their files' names. */
export function mutantNames(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .toSorted();
}

/** @throws Error when there is no mutant of that name; the message names those that there are. */
export async function loadMutant(name: string): Promise<Mutant> {
  if (!mutantNames().includes(name))
    throw new Error(`there is no mutant ${JSON.stringify(name)}; there are: ${mutantNames().join(', ')}`);
  const module = (await import(new URL(`${name}.ts`, FOLDER).href)) as { readonly mutant: Mutant };
  return module.mutant;
}
