import { Fault } from '../../../domain/fault.ts';
import type { ExportFiles } from '../../files/export-files.ts';
import { type Manifest, readManifest } from './manifest.ts';

/** What DynamoDB calls the folder that it puts exports into. */
const EXPORTS = 'AWSDynamoDB';

/**
 * The manifest of the one export that is there: in the folder itself, in one of its folders, or in `AWSDynamoDB` below it, as an export's
 * prefix has it.
 *
 * @throws Fault `configuration` where there is none, or which one is meant is not said.
 */
export async function findManifest(files: ExportFiles, signal?: AbortSignal): Promise<Manifest> {
  const own = await readManifest(files, '', signal);
  if (own !== undefined) return own;
  const above = await files.folders('', signal);
  const below = above.includes(EXPORTS) ? await files.folders(`${EXPORTS}/`, signal) : [];
  const candidates = [...above.map((name) => `${name}/`), ...below.map((name) => `${EXPORTS}/${name}/`)];
  const found: string[] = [];
  const begun: string[] = [];
  for (const folder of candidates)
    if ((await files.small(`${folder}manifest-summary.json`, signal)) !== undefined) found.push(folder);
    else if ((await files.small(`${folder}_started`, signal)) !== undefined) begun.push(folder);
  const [folder, ...others] = found;
  if (folder === undefined) throw noExport(files, begun);
  if (others.length > 0)
    throw new Fault(
      'configuration',
      `${files.nameOf('')} has ${found.length} exports: give one of them to --export: ${found
        .slice(0, 20)
        .map((path) => files.nameOf(path))
        .join(', ')}`,
    );
  const manifest = await readManifest(files, folder, signal);
  if (manifest === undefined) throw noExport(files, []);
  return manifest;
}

function noExport(files: ExportFiles, begun: readonly string[]): Fault {
  const [unfinished] = begun;
  return new Fault(
    'configuration',
    unfinished === undefined
      ? `${files.nameOf('')} has no export of a table: give --export the folder that has manifest-summary.json`
      : `the export in ${files.nameOf(unfinished)} is begun, and has no manifest-summary.json yet: wait until it is complete (aws dynamodb describe-export), and bring all of it here`,
  );
}
