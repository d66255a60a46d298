import { statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { Fault } from '../../domain/fault.ts';
import { fleet } from '../../fleet/definition.ts';
import { definitionIn } from './definition-in.ts';
import { loadingProblem } from './loading-problem.ts';
import { strictExports } from './strict-exports.ts';
import { untilEnded } from './until-ended.ts';

export interface LoadedDefinition {
  readonly definition: TableDefinition;
  /** The file that it is in, as messages name it; undefined for the fleet, which Contrail ships. */
  readonly file: string | undefined;
}

/** Looked for in the current folder, in this order. */
export const DEFAULT_FILES: readonly string[] = [
  ...['contrail.config.ts', 'contrail.config.mts', 'contrail.config.js', 'contrail.config.mjs'],
];

/**
 * Loads the definition that a file exports as its default, be it TypeScript or JavaScript. What the file imports as
 * `contrail` is this very package, wherever the file lies, so that the library is loaded once.
 *
 * @param file from `cwd`; unless given, the first of the DEFAULT_FILES that `cwd` has, or else the fleet.
 * @throws Fault `configuration` when there is no such file, when it cannot be loaded, or when it exports no definition;
 *   a Fault of `defineTable` keeps its own lines.
 */
export async function loadDefinition(file: string | undefined, cwd: string): Promise<LoadedDefinition> {
  const name = file ?? DEFAULT_FILES.find((each) => isFile(join(cwd, each)));
  if (name === undefined) return { definition: fleet, file: undefined };
  const path = resolve(cwd, name);
  const shown = shownPath(path, cwd);
  if (!isFile(path))
    throw new Fault(
      'configuration',
      `there is no definition file ${JSON.stringify(name)}: name a file whose default export is made by defineTable(…)`,
    );
  return { definition: definitionIn(await exportsOf(path, shown, cwd), shown), file: shown };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** As short as it is clear from the current folder. */
function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith(`..${sep}`) ? path : short;
}

async function exportsOf(
  path: string,
  shown: string,
  cwd: string,
): Promise<Readonly<Record<string, unknown>>> {
  // Loading these takes longer than all else that a command does for the fleet.
  const [{ createJiti }, contrail] = await Promise.all([import('jiti'), import('../../index.ts')]);
  const jiti = createJiti(import.meta.url, {
    virtualModules: { contrail: strictExports('contrail', contrail) },
    // Its cache may lie in a folder for everybody, where another user could put code for us to run.
    fsCache: false,
    interopDefault: false,
  });
  try {
    return await untilEnded(() => jiti.import(path), shown);
  } catch (error) {
    // What is wrong with the definition itself has lines of its own.
    if (Fault.is(error))
      throw new Fault(error.kind, `${shown}: ${error.message}`, { cause: error, reason: error.reason });
    const problem = loadingProblem(error, path, (text) => text.replaceAll(`${cwd}${sep}`, ''));
    throw new Fault('configuration', `${shown} ${problem}`, { cause: error });
  }
}
