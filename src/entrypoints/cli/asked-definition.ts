import { type LoadedDefinition, loadDefinition } from '../definition/load-definition.ts';

/** Said where nobody may have meant the fleet. */
export const OF_FLEET =
  'contrail: there is no contrail.config.ts in this folder, so this is of an aircraft fleet: name your definition with --definition\n';

/** The definition that is asked for; where that is the fleet for want of another, standard error says so. */
export async function askedDefinition(file: string | undefined): Promise<LoadedDefinition> {
  const loaded = await loadDefinition(file, process.cwd());
  if (loaded.file === undefined) process.stderr.write(OF_FLEET);
  return loaded;
}
