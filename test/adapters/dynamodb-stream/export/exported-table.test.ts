import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { ExportedTable } from '../../../../src/adapters/dynamodb-stream/export/exported-table.ts';
import { FolderExportFiles } from '../../../../src/adapters/files/folder-export-files.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import type { KeySchema } from '../../../../src/domain/table-model.ts';
import { itemKey } from '../../../../src/domain/row.ts';
import { comparableFields } from '../../../support/comparable.ts';
import { decimal } from '../../../support/factories.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../../../support/hostile.ts';
import { range } from '../../../support/range.ts';
import {
  EXPORT_FOLDER,
  type ExportParts,
  exportedItem,
  exportedLine,
  exportFilesOf,
  md5,
  tableExport,
  writeExport,
} from '../../../support/table-export.ts';

const KEYS: KeySchema = { partition: 'PK', partitionType: 'S', sort: 'SK', sortType: 'N' };

const item = (n: number, more: Readonly<Record<string, unknown>> = {}) => ({
  PK: { S: `P${n % 3}` },
  SK: { N: `${n}` },
  ...more,
});

type Files = Map<string, Buffer>;

async function open(files: Files, keys = KEYS): Promise<ExportedTable> {
  return ExportedTable.open(exportFilesOf(files), keys);
}

/** The items of a segment's pages. */
async function pagesOf(
  table: ExportedTable,
  { segment = 0, segments = 1, limit = 100 } = {},
  start?: string,
) {
  const pages: string[][] = [];
  for (let from = start; ;) {
    const { rows, next } = await table.page({ segment, segments, limit, from });
    pages.push(rows.map(({ key }) => itemKey(key)));
    if (next === undefined) return pages;
    from = next;
  }
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(Fault.is(error), String(error)).to.equal(true);
  return error as Fault;
}

/** What is said of an export of which some file is otherwise. */
async function messageFor(spoil: (files: Files) => void, parts: Partial<ExportParts> = {}): Promise<string> {
  const files = tableExport({ files: [range(3).map((n) => item(n)), [item(3)]], ...parts });
  spoil(files);
  const fault = await faultOf((async () => pagesOf(await open(files)))());
  expect(fault.kind).to.equal('configuration');
  return fault.message;
}

/** Puts other content into a data file, with its checksum. */
function replaceData(files: Files, content: Buffer, itemCount: number): void {
  files.set(`${EXPORT_FOLDER}data/file0.json.gz`, content);
  const path = `${EXPORT_FOLDER}manifest-files.json`;
  const lines = (files.get(path) ?? '').toString().trim().split('\n');
  const first = { ...(JSON.parse(lines[0] ?? '') as object), md5Checksum: md5(content), itemCount };
  const text = Buffer.from([JSON.stringify(first), ...lines.slice(1)].join('\n'));
  files.set(path, text);
  files.set(`${EXPORT_FOLDER}manifest-files.md5`, Buffer.from(md5(text)));
}

describe('an export of a table to S3', () => {
  const sizes = [5, 0, 9, 1, 4];
  const many = tableExport({
    files: sizes.map((size, file) => range(size).map((n) => item(file * 10 + n))),
  });
  const all = sizes
    .flatMap((size, file) => range(size).map((n) => file * 10 + n))
    .map((n) => itemKey({ partition: `P${n % 3}`, sort: `${n}` }))
    .toSorted();

  it('given several files, then each row is in one page of one segment', async () => {
    const table = await open(many);
    for (const segments of [1, 2, 3, 8]) {
      const pages = await Promise.all(
        range(segments).map((segment) => pagesOf(table, { segment, segments, limit: 2 })),
      );
      expect(pages.flat(2).toSorted(), `${segments} segments`).to.deep.equal(all);
      for (const page of pages.flat()) expect(page.length).to.be.at.most(2);
    }
    expect(table.description).to.include({ rows: 19, at: 1_700_000_000_000 });
  });

  it('given two segments, then they have about as many rows', async () => {
    const table = await open(many);
    for (const segment of range(2))
      expect((await pagesOf(table, { segment, segments: 2 })).flat().length).to.be.within(9, 10);
  });

  it('given a place in the middle of a file, then another process goes on from there', async () => {
    const table = await open(many);
    const pages = await pagesOf(table, { limit: 2 });
    const { next: first } = await table.page({ segment: 0, segments: 1, limit: 2, from: undefined });
    const { next } = await table.page({ segment: 0, segments: 1, limit: 2, from: first });
    expect(await pagesOf(await open(many), { limit: 2 }, next)).to.deep.equal(pages.slice(2));
    // Again, and from the same place.
    expect(await pagesOf(table, { limit: 2 }, next)).to.deep.equal(pages.slice(2));
  });

  it('given a place that is none, then says so', async () => {
    const table = await open(many);
    for (const from of ['nonsense', '["data/other.json.gz",1]', '[]', '{"a":1}'])
      expect((await faultOf(table.page({ segment: 0, segments: 1, limit: 2, from }))).message).to.match(
        /is no place in this export: begin anew$/,
      );
  });

  it('given large rows, then a page ends after about a megabyte', async () => {
    const text = 'x'.repeat(300_000);
    const files = tableExport({ files: [range(12).map((n) => item(n, { text: { S: text } }))] });
    const pages = await pagesOf(await open(files));
    expect(pages.map((page) => page.length)).to.deep.equal([4, 4, 4, 0]);
  });

  it('given attributes of any name and type, then nothing of them is lost', async () => {
    const values = HOSTILE_VALUES.map(([, value], index) => [`v${index}`, value] as const);
    const names = HOSTILE_NAMES.map((name) => [name, 'hostile'] as const);
    const attributes = Object.fromEntries([...values, ...names]);
    const files = tableExport({ files: [[{ ...item(1), ...exportedItem(attributes) }]] });
    // As DynamoDB writes it: the name is an attribute like any other.
    expect(exportedLine({ ...item(1), ...exportedItem(attributes) })).to.include('"__proto__"');
    const { rows } = await (await open(files)).page({ segment: 0, segments: 1, limit: 5, from: undefined });
    const found = Object.fromEntries(rows[0]?.attributes.all() ?? []);
    const whole = Object.fromEntries([...Object.entries(attributes), ['PK', 'P1'], ['SK', decimal('1')]]);
    expect(comparableFields(found)).to.deep.equal(comparableFields(whole));
    expect(rows[0]?.attributes.get('__proto__')).to.equal('hostile');
  });

  it('given keys that are numbers or bytes, then those are as a scan has them', async () => {
    const files = tableExport({ files: [[{ id: { N: '1.50' } }]] });
    const keys: KeySchema = { partition: 'id', partitionType: 'N', sort: undefined, sortType: 'S' };
    const { rows } = await (
      await open(files, keys)
    ).page({ segment: 0, segments: 1, limit: 5, from: undefined });
    expect(rows[0]?.key).to.deep.equal({ partition: '1.5', sort: undefined });
    const bytes = tableExport({ files: [[{ id: { B: '/+8=' } }]] });
    const table = await open(bytes, { ...keys, partitionType: 'B' });
    const found = await table.page({ segment: 0, segments: 1, limit: 5, from: undefined });
    expect(found.rows[0]?.key.partition).to.equal('_-8');
  });

  it('given a folder, its parent, and that of its prefix, then finds the one export in it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contrail-export-'));
    try {
      await writeExport(folder, many);
      for (const path of ['', 'AWSDynamoDB', EXPORT_FOLDER]) {
        const files = new FolderExportFiles(join(folder, path));
        const table = await ExportedTable.open(files, KEYS);
        expect((await pagesOf(table)).flat().toSorted(), path).to.deep.equal(all);
      }
      await rm(join(folder, `${EXPORT_FOLDER}data/file2.json.gz`));
      const table = await ExportedTable.open(new FolderExportFiles(folder), KEYS);
      expect((await faultOf(pagesOf(table))).message).to.match(
        /file2\.json\.gz is missing, which the export's manifest names: bring all of the export here \(aws s3 sync\)/,
      );
      const none = await faultOf(ExportedTable.open(new FolderExportFiles(join(folder, 'none')), KEYS));
      expect(none.message).to.match(
        /none has no export of a table: give --export the folder that has manifest-summary/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('given several exports, or one that is not complete, then says what to do', async () => {
    const two = new Map([
      ...many,
      ...Array.from(
        many,
        ([path, content]) => [`AWSDynamoDB/other/${path.slice(EXPORT_FOLDER.length)}`, content] as const,
      ),
    ]);
    expect((await faultOf(open(two))).message).to.match(
      /has 2 exports: give one of them to --export: EXPORT\/AWSDynamoDB\/01693685827463-2d8752fd\/, EXPORT\/AWSDynamoDB\/other\/$/,
    );
    const begun = new Map([[`${EXPORT_FOLDER}_started`, Buffer.alloc(0)]]);
    expect((await faultOf(open(begun))).message).to.match(
      /is begun, and has no manifest-summary\.json yet: wait/,
    );
  });

  it('given an incremental export, or one in ION, then names the option to export with', async () => {
    const summary = { exportType: 'INCREMENTAL_EXPORT', outputView: 'NEW_AND_OLD_IMAGES' };
    expect(await messageFor(() => undefined, { summary })).to.match(/incremental export.*take a full one/);
    expect(await messageFor(() => undefined, { summary: { outputFormat: 'ION' } })).to.match(
      /in the format "ION".*--export-format DYNAMODB_JSON/,
    );
    // As exports were written before there were incremental ones.
    const older = tableExport({ files: [[item(1)]], summary: { exportType: undefined } });
    expect((await open(older)).description.rows).to.equal(1);
  });

  it('given a manifest that is not what its checksum says, or whose numbers differ, then says so', async () => {
    for (const name of ['manifest-summary', 'manifest-files'])
      expect(
        await messageFor((files) => files.set(`${EXPORT_FOLDER}${name}.md5`, Buffer.from('AAAA'))),
      ).to.match(
        new RegExp(`${name}.json is not what ${name}.md5 has the checksum of: bring the export here again`),
      );
    expect(await messageFor(() => undefined, { summary: { itemCount: 5 } })).to.match(
      /says that there are 5 items, and manifest-files\.json names files with 4/,
    );
    expect(await messageFor(() => undefined, { summary: { exportTime: 'now' } })).to.match(
      /exportTime "now"/,
    );
    expect(await messageFor((files) => files.delete(`${EXPORT_FOLDER}manifest-files.json`))).to.match(
      /manifest-files\.json is missing/,
    );
  });

  it('given a manifest that names files elsewhere, then refuses them', async () => {
    for (const key of ['data/../../etc/passwd', 'data/', '/data/a/b', 'x'])
      expect(
        await messageFor((files) => {
          const text = JSON.stringify({ itemCount: 4, dataFileS3Key: key });
          files.set(`${EXPORT_FOLDER}manifest-files.json`, Buffer.from(text));
          files.delete(`${EXPORT_FOLDER}manifest-files.md5`);
        }),
        key,
      ).to.match(/manifest-files\.json:1: the dataFileS3Key is /);
  });

  it('given a file that is not what the manifest says, then no row of it is given', async () => {
    const files = tableExport({ files: [range(3).map((n) => item(n))] });
    const path = `${EXPORT_FOLDER}data/file0.json.gz`;
    files.set(
      path,
      gzipSync(
        range(3)
          .map((n) => `${exportedLine(item(n + 1))}\n`)
          .join(''),
      ),
    );
    const fault = await faultOf(
      (await open(files)).page({ segment: 0, segments: 1, limit: 1, from: undefined }),
    );
    expect(fault.message).to.match(/file0\.json\.gz is not the file that the manifest has the checksum of/);
  });

  it('given damaged gzip, or JSON, or an item without the key, then names file and line', async () => {
    const lines = range(3).map((n) => `${exportedLine(item(n, { text: { S: `${n}`.repeat(20_000) } }))}\n`);
    const whole = gzipSync(lines.join(''), { level: 0 });
    expect(
      await messageFor((files) => replaceData(files, whole.subarray(0, whole.length - 15_000), 3)),
    ).to.match(/data\/file0\.json\.gz:3: the gzip data is cut off or damaged here/);
    const broken = gzipSync(`${lines[0] ?? ''}{"Item":\n`);
    expect(await messageFor((files) => replaceData(files, broken, 3))).to.match(
      /data\/file0\.json\.gz:2: not valid JSON/,
    );
    for (const other of ['{"item":{}}', '[]', '7', '{"Keys":{"PK":{"S":"a"}}}'])
      expect(await messageFor((files) => replaceData(files, gzipSync(other), 3)), other).to.match(
        /file0\.json\.gz:1: expected \{"Item":\{…\}\}; found/,
      );
    expect(
      await messageFor((files) => replaceData(files, gzipSync('{"Item":{"PK":{"S":"a"}}}'), 3)),
    ).to.match(/file0\.json\.gz:1: an item whose key is not PK and SK as the definition says/);
    expect(await messageFor((files) => replaceData(files, gzipSync(lines[0] ?? ''), 3))).to.match(
      /file0\.json\.gz has 1 items, and the manifest says that it has 3/,
    );
  });

  it('given text in which other signs end lines, then only line feeds do', async () => {
    const files = tableExport({ files: [[item(1, { text: { S: 'a\u2028b\u0085c' } }), item(2)]] });
    const { rows } = await (await open(files)).page({ segment: 0, segments: 1, limit: 5, from: undefined });
    expect(rows.map(({ attributes }) => attributes.get('text'))).to.deep.equal([
      'a\u2028b\u0085c',
      undefined,
    ]);
  });
});
