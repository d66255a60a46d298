import { type ExportDescription, ExportedRows } from '../../../application/ports/exported-rows.ts';
import type { ScannedRow, ScanPage, ScanRequest } from '../../../application/ports/table-scan.ts';
import { Fault } from '../../../domain/fault.ts';
import { isObject } from '../../../domain/json.ts';
import type { KeySchema } from '../../../domain/table-model.ts';
import type { ExportFiles } from '../../files/export-files.ts';
import { excerpt } from '../../json/excerpt.ts';
import { parse } from '../../json/parse.ts';
import { EncodedAttributes } from '../attribute-value.ts';
import { keyText } from '../key-text.ts';
import { checkDataFile, type DataLine, dataLines } from './data-file.ts';
import { findManifest } from './find-manifest.ts';
import { type Manifest, type ManifestFile, unusable } from './manifest.ts';

/** A page ends with so many bytes, as a scan's page does. */
const PAGE_BYTES = 1_024 * 1_024;

/** Where a page begins: behind so many lines of a file. */
interface Place {
  readonly path: string;
  readonly lines: number;
}

/** A file that is read up to some line. */
interface Reading {
  readonly lines: AsyncIterator<DataLine, undefined>;
  /** How many lines are read. */
  number: number;
}

/**
 * A full export of a table to S3, in DynamoDB's JSON. Whole files are divided among the segments. Before a row of a file is given, the file is compared with
 * its checksum, and so is read twice; a file that was read in part before is read from its beginning again, as gzip asks for.
 */
export class ExportedTable extends ExportedRows {
  override readonly description: ExportDescription;
  readonly #files: ExportFiles;
  readonly #listed: readonly ManifestFile[];
  readonly #keys: KeySchema;
  /** By where their next page begins. */
  readonly #readings = new Map<string, Reading>();
  readonly #checked = new Set<string>();

  private constructor(files: ExportFiles, { description, files: listed }: Manifest, keys: KeySchema) {
    super();
    this.description = description;
    this.#files = files;
    this.#listed = listed;
    this.#keys = keys;
  }

  /**
   * @param keys of the table.
   * @throws Fault `configuration` where there is no export, or one that cannot be used, and says what to do.
   */
  static async open(files: ExportFiles, keys: KeySchema, signal?: AbortSignal): Promise<ExportedTable> {
    return new ExportedTable(files, await findManifest(files, signal), keys);
  }

  override async page(request: ScanRequest, signal?: AbortSignal): Promise<ScanPage> {
    signal?.throwIfAborted();
    const { segment, segments, from, limit } = request;
    const own = this.#ownFiles(segment, segments);
    const place = from === undefined ? { path: own[0]?.path ?? '', lines: 0 } : readPlace(from);
    const index = own.findIndex(({ path }) => path === place.path);
    const file = own[index];
    if (file === undefined) {
      if (from !== undefined) throw noPlace(from);
      return { rows: [], next: undefined, readUnits: 0 };
    }
    const nameOfReading = (next: string | undefined) => `${segment}/${segments} ${next ?? ''}`;
    const reading = this.#readings.get(nameOfReading(from)) ?? (await this.#open(file, place.lines, signal));
    this.#readings.delete(nameOfReading(from));
    const rows: ScannedRow[] = [];
    let bytes = 0;
    while (rows.length < limit && bytes < PAGE_BYTES) {
      const { done, value } = await reading.lines.next();
      if (done === true) {
        const following = own[index + 1];
        const next = following && placeText({ path: following.path, lines: 0 });
        return { rows, next, readUnits: 0 };
      }
      reading.number = value.number;
      bytes += value.text.length;
      rows.push(this.#rowIn(file, value));
    }
    const next = placeText({ path: file.path, lines: reading.number });
    this.#readings.set(nameOfReading(next), reading);
    return { rows, next, readUnits: 0 };
  }

  /** The largest first, each to the segment that has least by then: the same for every process. */
  #ownFiles(segment: number, segments: number): readonly ManifestFile[] {
    const loads = Array.from({ length: segments }, (_, index) => ({
      index,
      rows: 0,
      files: [] as ManifestFile[],
    }));
    const inOrder = this.#listed.toSorted((a, b) => b.rows - a.rows || (a.path < b.path ? -1 : 1));
    for (const file of inOrder) {
      const least = loads.reduce((best, one) => (one.rows < best.rows ? one : best));
      least.files.push(file);
      least.rows += file.rows + 1;
    }
    return loads[segment]?.files ?? [];
  }

  async #open(file: ManifestFile, lines: number, signal: AbortSignal | undefined): Promise<Reading> {
    if (!this.#checked.has(file.path)) await checkDataFile(this.#files, file, signal);
    this.#checked.add(file.path);
    const reading: Reading = { lines: dataLines(this.#files, file, signal), number: 0 };
    while (reading.number < lines) {
      const { done, value } = await reading.lines.next();
      if (done === true) break;
      reading.number = value.number;
    }
    return reading;
  }

  #rowIn(file: ManifestFile, { number, text }: DataLine): ScannedRow {
    const wrong = (problem: string) => unusable(`${this.#files.nameOf(file.path)}:${number}: ${problem}`);
    const parsed = parse(text);
    if ('problem' in parsed) throw wrong(parsed.problem);
    const item = isObject(parsed.value) ? parsed.value['Item'] : undefined;
    if (!isObject(item)) throw wrong(`expected {"Item":{…}}; found ${excerpt(text)}`);
    const { partition, partitionType, sort, sortType } = this.#keys;
    const inPartition = keyText(memberOf(item, partition), partitionType);
    const inSort = sort === undefined ? undefined : keyText(memberOf(item, sort), sortType);
    if (inPartition === undefined || (sort !== undefined && inSort === undefined))
      throw new Fault(
        'configuration',
        `${this.#files.nameOf(file.path)}:${number}: an item whose key is not ${[partition, ...(sort === undefined ? [] : [sort])].join(' and ')} as the definition says: check --export, and keys in the definition`,
      );
    return {
      key: { partition: inPartition, sort: inSort },
      attributes: new EncodedAttributes(item, {}, 'Item'),
    };
  }
}

function memberOf(item: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

function placeText({ path, lines }: Place): string {
  return JSON.stringify([path, lines]);
}

function readPlace(text: string): Place {
  const parsed = parse(text);
  const [path, lines] = 'value' in parsed && Array.isArray(parsed.value) ? (parsed.value as unknown[]) : [];
  if (typeof path !== 'string' || !Number.isSafeInteger(lines)) throw noPlace(text);
  return { path, lines: lines as number };
}

function noPlace(from: string): Fault {
  return new Fault('configuration', `${excerpt(from)} is no place in this export: begin anew`, {
    reason: 'a scan cannot go on from where it is said to be',
  });
}
