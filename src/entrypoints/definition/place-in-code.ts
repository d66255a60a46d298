import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Contrail's own code. */
export const OWN = fileURLToPath(new URL('../../', import.meta.url));

/** Where an error comes from in code that is neither Contrail's nor a package's, as far as its stack tells. */
export function placeInCode(error: unknown): { readonly file: string; readonly line: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  const { stack } = error;
  if (typeof stack !== 'string') return undefined;
  for (const [, file = '', line = ''] of stack.matchAll(
    /(?:\(|at (?:async )?|file:\/\/)(\/[^\n()]*?|[A-Z]:\\[^\n()]*?):(\d+):\d+/g,
  ))
    if (!file.startsWith(OWN) && !/[\\/]node_modules[\\/]/.test(file) && existsSync(file))
      return { file, line };
  return undefined;
}
