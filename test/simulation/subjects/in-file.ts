import { loadDefinition } from '../../../src/entrypoints/definition/load-definition.ts';
import { itemsOf } from '../../../src/simulation/subjects/items-of.ts';
import { subjectOf } from '../../../src/simulation/subjects/subject-of.ts';
import type { SubjectSource } from '../../../src/simulation/world/subject.ts';
import { FLEET } from './fleet/fleet.ts';
import { randomSubject } from './random.ts';
import { SHOP } from './shop.ts';

const NAMED: ReadonlyMap<string, SubjectSource> = new Map<string, SubjectSource>([
  ['fleet', FLEET],
  ['shop', SHOP],
  ['random', randomSubject],
]);

/** Whether a name is that of a file. */
export function isInFile(name: string): boolean {
  return !NAMED.has(name);
}

/** What worlds are about: `fleet`, `shop`, `random`, or a definition in a file, with items by chance. */
export async function subjectNamed(name: string): Promise<SubjectSource> {
  const named = NAMED.get(name);
  if (named !== undefined) return named;
  const { definition } = await loadDefinition(name, process.cwd());
  return (seed) => subjectOf({ definition, items: itemsOf(definition, seed) });
}
