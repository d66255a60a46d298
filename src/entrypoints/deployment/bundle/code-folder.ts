import { fileURLToPath } from 'node:url';

/** Where Contrail's own code lies, as it runs: `src`, or `dist` of the package. */
export const CODE_FOLDER = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '');

/** What its files' names end in. */
export const CODE_EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
