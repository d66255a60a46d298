import { readFileSync } from 'node:fs';

/** Put in by the bundler, so that a cold start reads no file for it. */
declare const CONTRAIL_VERSION: string | undefined;

/** Contrail's own version, which package.json has. */
export const VERSION: string =
  typeof CONTRAIL_VERSION === 'string'
    ? CONTRAIL_VERSION
    : versionIn(new URL('../../package.json', import.meta.url));

function versionIn(file: URL): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
