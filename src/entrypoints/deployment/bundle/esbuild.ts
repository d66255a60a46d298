import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Fault } from '../../../domain/fault.ts';

export type Esbuild = typeof import('esbuild');

/**
 * The bundler, which is not installed with Contrail: only who builds needs it. It is taken from Contrail's own place, or
 * else from the project's.
 *
 * @throws Fault `configuration` that says how to install it.
 */
export async function loadEsbuild(project: string): Promise<Esbuild> {
  try {
    return await import('esbuild');
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  try {
    const path = createRequire(join(project, 'package.json')).resolve('esbuild');
    const { default: esbuild } = (await import(pathToFileURL(path).href)) as { readonly default: Esbuild };
    return esbuild;
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Fault(
      'configuration',
      'esbuild is not installed, and bundling needs it: run npm install --save-dev esbuild',
      {
        cause: error,
      },
    );
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}
