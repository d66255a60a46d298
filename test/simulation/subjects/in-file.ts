import { loadDefinition } from '../../../src/entrypoints/definition/load-definition.ts';
import { itemsOf } from '../../../src/simulation/subjects/items-of.ts';
import { subjectOf } from '../../../src/simulation/subjects/subject-of.ts';
import type { SubjectSource } from '../../../src/simulation/world/subject.ts';
import { FLEET } from './fleet/fleet.ts';
import { randomSubject } from './random.ts';
import { SHOP } from './shop.ts';

/** What worlds are about: `fleet`, `shop`, `random`, or a definition in a file, with items by chance. */
export async function subjectNamed(name: string): Promise<SubjectSource> {
  if (name === 'fleet') return FLEET;
  if (name === 'shop') return SHOP;
  if (name === 'random') return randomSubject;
  const { definition } = await loadDefinition(name, process.cwd());
  return (seed) => subjectOf({ definition, items: itemsOf(definition, seed) });
}
