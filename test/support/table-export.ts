import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ExportFiles } from '../../src/adapters/files/export-files.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Attributes, Value } from '../../src/domain/value.ts';
import { attributeValues } from './attribute-value.ts';

export const EXPORTED_TABLE = 'arn:aws:dynamodb:eu-central-1:123456789012:table/shop';
export const EXPORT_FOLDER = 'AWSDynamoDB/01693685827463-2d8752fd/';

/** An item in DynamoDB's JSON. */
export type ExportedItem = Readonly<Record<string, unknown>>;

export interface ExportParts {
  /** Rows that each data file has. */
  readonly files: readonly (readonly ExportedItem[])[];
  /** When the rows were so, in milliseconds since 1970. */
  readonly at?: number;
  /** What `manifest-summary.json` has otherwise. */
  readonly summary?: Readonly<Record<string, unknown>>;
}

/** What DynamoDB writes when it exports a table to S3, by its paths. */
export function tableExport({
  files,
  at = 1_700_000_000_000,
  summary = {},
}: ExportParts): Map<string, Buffer> {
  const written = new Map<string, Buffer>();
  const put = (path: string, content: Buffer | string) => {
    written.set(`${EXPORT_FOLDER}${path}`, Buffer.from(content));
  };
  const listed = files.map((items, index) => {
    const name = `data/file${index}.json.gz`;
    const content = gzipSync(items.map((item) => `${exportedLine(item)}\n`).join(''));
    put(name, content);
    return `${JSON.stringify({
      itemCount: items.length,
      md5Checksum: md5(content),
      etag: '7f3ffc6b8cbc9f2f3a1f0f9a6e5b7c2d-1',
      dataFileS3Key: `2026-Nov/${EXPORT_FOLDER}${name}`,
    })}\n`;
  });
  const manifest = JSON.stringify({
    version: '2023-08-01',
    exportArn: `${EXPORTED_TABLE}/export/01693685827463-2d8752fd`,
    startTime: new Date(at).toISOString(),
    endTime: new Date(at + 300_000).toISOString(),
    tableArn: EXPORTED_TABLE,
    tableId: '12345a12-abcd-123a-ab12-1234abc12345',
    exportTime: new Date(at).toISOString(),
    s3Bucket: 'exports',
    s3Prefix: '2026-Nov',
    s3SseAlgorithm: 'AES256',
    s3SseKmsKeyId: null,
    manifestFilesS3Key: `2026-Nov/${EXPORT_FOLDER}manifest-files.json`,
    billedSizeBytes: 0,
    itemCount: files.flat().length,
    outputFormat: 'DYNAMODB_JSON',
    exportType: 'FULL_EXPORT',
    ...summary,
  });
  put('_started', '');
  put('manifest-files.json', listed.join(''));
  put('manifest-files.md5', md5(Buffer.from(listed.join(''))));
  put('manifest-summary.json', manifest);
  put('manifest-summary.md5', md5(Buffer.from(manifest)));
  return written;
}

/** A row's attributes as an export has them: bytes in base64. */
export function exportedItem(attributes: Attributes | Readonly<Record<string, Value>>): ExportedItem {
  const named =
    'all' in attributes && typeof attributes.all === 'function'
      ? (attributes as Attributes).all()
      : undefined;
  return attributeValues(named === undefined ? (attributes as Record<string, Value>) : ownEntries(named));
}

function ownEntries(entries: ReadonlyMap<string, Value>): Record<string, Value> {
  const own = Object.create(null) as Record<string, Value>;
  for (const [name, value] of entries) own[name] = value;
  return own;
}

export function exportedLine(Item: ExportedItem): string {
  return JSON.stringify({ Item }, (_, value: unknown) => {
    // What `Buffer` makes of itself before a replacer sees it.
    if (typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'Buffer')
      return value;
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  });
}

export function md5(content: Buffer): string {
  return createHash('md5').update(content).digest('base64');
}

export async function writeExport(folder: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Files of an export that are in memory. */
export function exportFilesOf(files: ReadonlyMap<string, Buffer>): ExportFiles {
  return {
    nameOf: (path) => `EXPORT/${path}`,
    folders: async (path) => [
      ...new Set(
        [...files.keys()].flatMap((name) =>
          name.startsWith(path) && name.slice(path.length).includes('/')
            ? [name.slice(path.length).split('/', 1)[0] ?? '']
            : [],
        ),
      ),
    ],
    small: async (path) => files.get(path),
    async *bytes(path) {
      const content = files.get(path);
      if (content === undefined) throw new Fault('configuration', `EXPORT/${path} is missing`);
      for (let at = 0; at < content.length; at += 4_096) yield content.subarray(at, at + 4_096);
    },
  };
}
