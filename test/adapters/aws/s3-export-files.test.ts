import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { LOCAL_SDK } from '../../../local/servers/local-credentials.ts';
import { SqsLocal } from '../../../local/servers/sqs-local.ts';
import { readS3Place, S3ExportFiles } from '../../../src/adapters/aws/s3/s3-export-files.ts';
import { ExportedTable } from '../../../src/adapters/dynamodb-stream/export/exported-table.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { KeySchema } from '../../../src/domain/table-model.ts';
import { range } from '../../support/range.ts';
import { EXPORT_FOLDER, tableExport } from '../../support/table-export.ts';

const KEYS: KeySchema = { partition: 'id', partitionType: 'S', sort: undefined, sortType: 'S' };
const RANGE = 100_000;

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(Fault.is(error), String(error)).to.equal(true);
  expect((error as Fault).kind).to.equal('configuration');
  return (error as Fault).message;
}

describe('an export in S3', () => {
  const before_ = { ...process.env };
  let server: SqsLocal;
  let client: S3Client;

  before(async () => {
    server = await SqsLocal.start();
    client = new S3Client({ ...LOCAL_SDK, endpoint: server.endpoint, forcePathStyle: true });
    // The SDK finds the server by it.
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: server.endpoint,
      AWS_REGION: LOCAL_SDK.region,
      AWS_ACCESS_KEY_ID: LOCAL_SDK.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_SDK.credentials.secretAccessKey,
    });
    await client.send(new CreateBucketCommand({ Bucket: 'exports' }));
  });
  after(async () => {
    for (const name of Object.keys(process.env))
      if (!(name in before_)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before_);
    client.destroy();
    await server.stop();
  });

  const put = (Key: string, Body: Buffer) =>
    client.send(new PutObjectCommand({ Bucket: 'exports', Key, Body }));

  const open = (text: string) => {
    const place = readS3Place(text);
    if (place === undefined) throw new Error(`${text} is no place in S3`);
    return S3ExportFiles.open(place, { forcePathStyle: true, maxAttempts: 1, rangeBytes: RANGE });
  };

  it('given the prefix that it was exported to, or its folder, or its manifest, then all rows are read', async () => {
    const files = tableExport({
      files: [range(3).map((n) => ({ id: { S: `a${n}` } })), [{ id: { S: 'b' } }]],
    });
    for (const [path, content] of files) await put(`some/prefix/${path}`, content);
    for (const path of [
      '',
      '/',
      '/AWSDynamoDB',
      `/${EXPORT_FOLDER}`,
      `/${EXPORT_FOLDER}manifest-summary.json`,
    ]) {
      const s3 = await open(`s3://exports/some/prefix${path}`);
      const table = await ExportedTable.open(s3, KEYS);
      const request = { segment: 0, segments: 1, limit: 10 };
      const first = await table.page({ ...request, from: undefined });
      const second = await table.page({ ...request, from: first.next });
      const keys = [...first.rows, ...second.rows].map(({ key }) => key.partition);
      expect(keys, path).to.deep.equal(['a0', 'a1', 'a2', 'b']);
      s3.close();
    }
  });

  it('given a large file, then it is read in ranges, and is whole; an empty one is empty', async () => {
    const content = Buffer.alloc(2 * RANGE + 5, 'some bytes');
    await put('large/data', content);
    await put('large/empty', Buffer.alloc(0));
    const s3 = await open('s3://exports/large');
    const sizes: number[] = [];
    const found: Uint8Array[] = [];
    for await (const chunk of s3.bytes('data')) {
      sizes.push(chunk.length);
      found.push(chunk);
    }
    expect(sizes).to.deep.equal([RANGE, RANGE, 5]);
    expect(Buffer.concat(found).equals(content)).to.equal(true);
    for await (const chunk of s3.bytes('empty')) expect(chunk.length).to.equal(0);
    s3.close();
  });

  it('given a file that is replaced while it is read, then says so', async () => {
    await put('replaced/data', Buffer.alloc(2 * RANGE, 'one'));
    const s3 = await open('s3://exports/replaced');
    const chunks = s3.bytes('data');
    await chunks.next();
    await put('replaced/data', Buffer.alloc(2 * RANGE, 'two'));
    expect(await messageOf(chunks.next())).to.match(
      /^s3:\/\/exports\/replaced\/data was replaced while it was read/,
    );
    s3.close();
  });

  it('given what is not there, then names it', async () => {
    const s3 = await open('s3://exports/nothing');
    expect(await messageOf(ExportedTable.open(s3, KEYS))).to.match(
      /^s3:\/\/exports\/nothing\/ has no export of a table/,
    );
    expect(await messageOf(s3.bytes('data').next())).to.match(/^s3:\/\/exports\/nothing\/data is missing/);
    s3.close();
    const other = await open('s3://no-such-bucket');
    expect(await messageOf(ExportedTable.open(other, KEYS))).to.match(
      /^s3:\/\/no-such-bucket\/.* does not exist .*set --export to one that does/,
    );
    other.close();
    expect(readS3Place('exports')).to.equal(undefined);
    expect(() => readS3Place('s3://')).to.throw(/names no bucket: expected s3:\/\/BUCKET/);
  });
});
