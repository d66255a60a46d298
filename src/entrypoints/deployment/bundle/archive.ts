import { type Zippable, zipSync } from 'fflate';

const UNIX = 3;
const READABLE_FILE = 0o100644;

/**
 * A zip file of these files, sorted, all of one time and readable by all. Packed by code that is the same on every
 * machine, so the same files give the same bytes.
 */
export function archive(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  // The earliest that a zip file can say. Zip files have local times, so it is made of parts.
  const mtime = new Date(1980, 0, 1);
  const entries: Zippable = {};
  for (const name of [...files.keys()].sort())
    entries[name] = [files.get(name) ?? new Uint8Array(), { mtime, os: UNIX, attrs: READABLE_FILE << 16 }];
  return zipSync(entries, { level: 9 });
}
