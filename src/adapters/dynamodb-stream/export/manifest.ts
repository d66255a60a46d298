import { createHash } from 'node:crypto';
import type { ExportDescription } from '../../../application/ports/exported-rows.ts';
import { Fault } from '../../../domain/fault.ts';
import { isObject, type Json } from '../../../domain/json.ts';
import { parse } from '../../json/parse.ts';
import type { ExportFiles } from '../../files/export-files.ts';
import { describe, textOf } from '../json-fields.ts';

/** A data file, as the manifest tells of it. */
export interface ManifestFile {
  /** Beside the manifest. */
  readonly path: string;
  readonly rows: number;
  /** Of the file as it is, in base64; undefined where the manifest does not say. */
  readonly md5: string | undefined;
}

export interface Manifest {
  readonly description: ExportDescription;
  readonly files: readonly ManifestFile[];
}

const SUMMARY = 'manifest-summary';
const FILES = 'manifest-files';

/**
 * What the manifest of an export says, checked against its checksums, where those are there.
 *
 * @param folder where it is: `''`, or a path that ends with `/`.
 * @returns undefined where there is none.
 * @throws Fault `configuration` for an export that cannot be used, and says what to do.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
 */
export async function readManifest(
  files: ExportFiles,
  folder: string,
  signal?: AbortSignal,
): Promise<Manifest | undefined> {
  const summary = await readChecked(files, folder, SUMMARY, signal);
  if (summary === undefined) return undefined;
  const name = files.nameOf(`${folder}${SUMMARY}.json`);
  const parsed = parse(summary);
  if ('problem' in parsed) throw unusable(`${name} is ${parsed.problem}`);
  if (!isObject(parsed.value)) throw unusable(`${name} is ${describe(parsed.value)}`);
  const description = descriptionIn(parsed.value, name, files.nameOf(folder));
  const listed = await readChecked(files, folder, FILES, signal);
  if (listed === undefined) throw unusable(`${files.nameOf(`${folder}${FILES}.json`)} is missing`);
  const all = filesIn(listed, files.nameOf(`${folder}${FILES}.json`), folder);
  const rows = all.reduce((sum, file) => sum + file.rows, 0);
  if (rows !== description.rows)
    throw unusable(
      `${name} says that there are ${description.rows} items, and ${FILES}.json names files with ${rows}`,
    );
  const identity = `${description.identity} ${md5Of(listed)}`;
  return { description: { ...description, identity }, files: all };
}

function descriptionIn(summary: Json, name: string, place: string): ExportDescription {
  const { exportType = 'FULL_EXPORT', outputFormat, exportTime, itemCount } = summary;
  if (exportType !== 'FULL_EXPORT')
    throw new Fault(
      'configuration',
      `${name} is of an incremental export, which has only what changed in a period: take a full one (aws dynamodb export-table-to-point-in-time, without --export-type)`,
    );
  if (outputFormat !== 'DYNAMODB_JSON')
    throw new Fault(
      'configuration',
      `${name} is of an export in the format ${describe(outputFormat)}, which is not read: export with --export-format DYNAMODB_JSON`,
    );
  const [table, identity] = [textOf(summary['tableArn']), textOf(summary['exportArn'])];
  const at = Date.parse(textOf(exportTime) ?? '');
  if (table === undefined || table === '') throw unusable(`${name} has no tableArn`);
  if (identity === undefined || identity === '') throw unusable(`${name} has no exportArn`);
  if (Number.isNaN(at)) throw unusable(`${name} has the exportTime ${describe(exportTime)}`);
  if (!isCount(itemCount)) throw unusable(`${name} has the itemCount ${describe(itemCount)}`);
  return { table, tableId: textOf(summary['tableId']), at, rows: itemCount, identity, name: place };
}

function filesIn(listed: Buffer, name: string, folder: string): readonly ManifestFile[] {
  const files = new Map<string, ManifestFile>();
  for (const [index, line] of listed.toString().split('\n').entries()) {
    if (line.trim() === '') continue;
    const wrong = (problem: string) => unusable(`${name}:${index + 1}: ${problem}`);
    const parsed = parse(line);
    if ('problem' in parsed) throw wrong(parsed.problem);
    const { dataFileS3Key, itemCount, md5Checksum } = isObject(parsed.value) ? parsed.value : {};
    // Exports are copied elsewhere: a data file is where the manifest is, whatever bucket and prefix it was written to.
    const [, file] = /(?:^|\/)data\/([\w.-]*\w)$/.exec(textOf(dataFileS3Key) ?? '') ?? [];
    if (file === undefined) throw wrong(`the dataFileS3Key is ${describe(dataFileS3Key)}`);
    if (!isCount(itemCount)) throw wrong(`the itemCount is ${describe(itemCount)}`);
    if (files.has(file)) throw wrong(`data/${file} is named a second time`);
    files.set(file, { path: `${folder}data/${file}`, rows: itemCount, md5: textOf(md5Checksum) });
  }
  return [...files.values()];
}

/** @throws Fault where a file is not as the one beside it with its checksum says. */
async function readChecked(
  files: ExportFiles,
  folder: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> {
  const found = await files.small(`${folder}${name}.json`, signal);
  if (found === undefined) return undefined;
  // Its name as it is, and as the documentation has it.
  for (const ending of ['md5', 'checksum']) {
    const noted = await files.small(`${folder}${name}.${ending}`, signal);
    if (noted === undefined) continue;
    const expected = noted.toString().trim();
    if (expected !== md5Of(found) && expected !== Buffer.from(md5Of(found), 'base64').toString('hex'))
      throw unusable(
        `${files.nameOf(`${folder}${name}.json`)} is not what ${name}.${ending} has the checksum of`,
      );
    break;
  }
  return found;
}

function md5Of(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** @param problem what is wrong, and where. */
export function unusable(problem: string): Fault {
  return new Fault(
    'configuration',
    `${problem}: bring the export here again (aws s3 sync), or take a new one, and run the same command again`,
  );
}
