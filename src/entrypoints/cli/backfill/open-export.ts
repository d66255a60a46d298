import { createDynamoDbClient } from '../../../adapters/aws/clients.ts';
import { DEFAULT_ATTEMPTS } from '../../../adapters/aws/client-defaults.ts';
import { readS3Place, S3ExportFiles } from '../../../adapters/aws/s3/s3-export-files.ts';
import { tableStreamOf } from '../../../adapters/aws/streams/table-stream.ts';
import { ExportedTable } from '../../../adapters/dynamodb-stream/export/exported-table.ts';
import { readStreamArn } from '../../../adapters/dynamodb-stream/stream-arn.ts';
import { FolderExportFiles } from '../../../adapters/files/folder-export-files.ts';
import type { ExportedFill, FilledTable } from '../../../application/backfill/exported-fill.ts';
import type { ExportDescription } from '../../../application/ports/exported-rows.ts';
import { TableGaps } from '../../../application/read-stream/table-gaps.ts';
import type { TableDefinition } from '../../../domain/definition/define-table.ts';
import { Fault } from '../../../domain/fault.ts';
import { withStateStore } from '../../composition/state-store.ts';
import { type Config, readConfig } from '../../config.ts';
import type { Environment } from '../../environment-reader.ts';
import { whereItIs } from '../where-it-is.ts';

export interface OpenedExport {
  readonly fill: ExportedFill;
  readonly close: () => void;
}

export interface ExportOptions {
  readonly definition: TableDefinition;
  readonly environment: Environment;
  readonly followedSince: number | undefined;
  readonly isDryRun: boolean;
}

/**
 * Opens an export, and finds out what is known of its table.
 *
 * @param from a folder, or a place in S3.
 * @throws Fault `configuration` that says what cannot be used, and what to do.
 */
export async function openExport(from: string, options: ExportOptions): Promise<OpenedExport> {
  const { definition, environment, followedSince, isDryRun } = options;
  const { model } = definition;
  const { backend } = readConfig(environment, model);
  const place = readS3Place(from);
  const s3 =
    place &&
    (await S3ExportFiles.open(place, {
      forcePathStyle: Boolean(environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL']),
      maxAttempts: DEFAULT_ATTEMPTS,
    }));
  const close = () => s3?.close();
  try {
    const rows = await ExportedTable.open(s3 ?? new FolderExportFiles(from), model.keys);
    const filled = await filledTable(backend, rows.description, isDryRun);
    return { fill: { rows, followedSince, filled }, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function filledTable(
  backend: Config['backend'],
  { table: exported }: ExportDescription,
  isDryRun: boolean,
): Promise<FilledTable> {
  // Which is refused by whoever opens it.
  if (backend.kind === 'memory')
    return { table: undefined, tableId: undefined, streamSince: undefined, gaps: [] };
  const own = backend.kind === 'aws' ? await ownTable(backend.table) : undefined;
  const table = own?.table ?? exported;
  const gaps = await whereItIs(() =>
    withStateStore(backend, async ({ generations, shards }) => {
      // To ask notes the first table for good.
      const following = isDryRun || table !== exported ? undefined : await generations.generationOf(table);
      if (following?.kind === 'refused')
        throw new Fault(
          'configuration',
          `the export is of ${exported}, and the table that is followed is ${following.followed}`,
        );
      return new TableGaps(shards, table, own?.stream === undefined ? [] : [own.stream]).open();
    }),
  );
  return {
    table: own?.table,
    tableId: own?.tableId,
    streamSince: own && (own.stream === undefined ? 'off' : sinceOf(own.stream)),
    gaps,
  };
}

async function ownTable(name: string) {
  const client = createDynamoDbClient(DEFAULT_ATTEMPTS);
  try {
    return await tableStreamOf(client, name, undefined, 'TABLE_NAME');
  } finally {
    client.destroy();
  }
}

/** Since when a stream is switched on: its label is a time in UTC that does not say so. */
function sinceOf(stream: string): number | undefined {
  const since = Date.parse(`${readStreamArn(stream).label}Z`);
  return Number.isNaN(since) ? undefined : since;
}
