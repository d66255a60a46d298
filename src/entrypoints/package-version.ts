import { existsSync, readFileSync } from 'node:fs';

/** Put in by the bundler, so that a cold start reads no file for it. */
declare const CONTRAIL_VERSION: string | undefined;

/** Contrail's own version, which package.json has. */
export const VERSION: string = typeof CONTRAIL_VERSION === 'string' ? CONTRAIL_VERSION : ownVersion();

/** Of the package.json above that is Contrail's: how far above depends on what this file was built into. */
function ownVersion(): string {
  for (let folder = new URL('.', import.meta.url); folder.pathname !== '/'; folder = new URL('..', folder)) {
    const file = new URL('package.json', folder);
    if (!existsSync(file)) continue;
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version: string };
    if (name === 'contrail') return version;
  }
  throw new Error('Contrail’s own package.json is not there');
}
