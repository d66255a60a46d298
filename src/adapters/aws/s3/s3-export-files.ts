import type * as sdk from '@aws-sdk/client-s3';
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { Fault } from '../../../domain/fault.ts';
import type { ExportFiles } from '../../files/export-files.ts';
import { abortableBy } from '../clients.ts';
import { notInstalled } from '../not-installed.ts';
import { translateError } from '../translate-error.ts';

const RANGE_BYTES = 8 * 1_024 * 1_024;
const TIMEOUTS = { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true };

type Sdk = typeof sdk;

export interface S3Place {
  readonly bucket: string;
  /** `''`, or what ends with `/`. */
  readonly prefix: string;
}

export interface S3ExportOptions {
  /** Whether the bucket stands in the path and not in the host, as servers other than S3 ask for. */
  readonly forcePathStyle: boolean;
  /** How often a request is sent at most. */
  readonly maxAttempts: number;
  /** So much of a file is read at once, whole before any of it is used: no connection is kept waiting. */
  readonly rangeBytes?: number;
}

/** @returns undefined where the text names no place in S3. @throws Fault `configuration` where it names no bucket. */
export function readS3Place(text: string): S3Place | undefined {
  if (!text.startsWith('s3://')) return undefined;
  const [, bucket, key = ''] = /^s3:\/\/([\w.-]{3,63})(?:\/(.*))?$/s.exec(text) ?? [];
  if (bucket === undefined)
    throw new Fault('configuration', `${text} names no bucket: expected s3://BUCKET or s3://BUCKET/PREFIX`);
  const prefix = key.replace(/\/?(?:manifest-summary\.json)?$/, '');
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}

/** Files of an export that are in S3, where DynamoDB writes them. The SDK's client is loaded when they are opened. */
export class S3ExportFiles implements ExportFiles {
  readonly #sdk: Sdk;
  readonly #client: S3Client;
  readonly #place: S3Place;
  readonly #rangeBytes: number;

  private constructor(sdk: Sdk, client: S3Client, place: S3Place, rangeBytes: number) {
    this.#sdk = sdk;
    this.#client = client;
    this.#place = place;
    this.#rangeBytes = rangeBytes;
  }

  /** @throws Fault `configuration` where the SDK's client for S3 is not installed. */
  static async open(
    place: S3Place,
    { forcePathStyle, maxAttempts, rangeBytes = RANGE_BYTES }: S3ExportOptions,
  ): Promise<S3ExportFiles> {
    const loaded = await import('@aws-sdk/client-s3').catch(notInstalled('@aws-sdk/client-s3'));
    const client = new loaded.S3Client({
      ...{ forcePathStyle, maxAttempts, followRegionRedirects: true, requestHandler: TIMEOUTS },
    });
    return new S3ExportFiles(loaded, client, place, rangeBytes);
  }

  nameOf(path: string): string {
    return `s3://${this.#place.bucket}/${this.#place.prefix}${path}`;
  }

  async folders(path: string, signal?: AbortSignal): Promise<readonly string[]> {
    const { bucket, prefix } = this.#place;
    const folder = `${prefix}${path}`;
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const { CommonPrefixes = [], NextContinuationToken } = await this.#sent(path, signal, () =>
        this.#client.send(
          new this.#sdk.ListObjectsV2Command({
            Bucket: bucket,
            Prefix: folder,
            Delimiter: '/',
            ContinuationToken,
          }),
          abortableBy(signal),
        ),
      );
      found.push(...CommonPrefixes.flatMap(({ Prefix = '' }) => Prefix.slice(folder.length, -1) || []));
      ContinuationToken = NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found;
  }

  async small(path: string, signal?: AbortSignal): Promise<Buffer | undefined> {
    const found = await this.#get(path, {}, signal);
    return found === undefined || found === 'empty' ? undefined : bytesOf(found);
  }

  async *bytes(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    let etag: string | undefined;
    let size = Infinity;
    for (let from = 0; from < size; from += this.#rangeBytes) {
      // All of it out of one version of the object.
      const range = { Range: `bytes=${from}-${from + this.#rangeBytes - 1}`, IfMatch: etag };
      const found = await this.#get(path, range, signal);
      if (found === 'empty') return;
      if (found === undefined)
        throw new Fault(
          'configuration',
          `${this.nameOf(path)} is missing, which the export's manifest names: copy all of the export, or take a new one`,
        );
      etag = found.ETag;
      size = Number(/\/(\d+)$/.exec(found.ContentRange ?? '')?.[1] ?? found.ContentLength ?? 0);
      yield await this.#sent(path, signal, () => bytesOf(found));
    }
  }

  close(): void {
    this.#client.destroy();
  }

  /** @returns undefined where there is no such object; `empty` where a range is asked of one without bytes. */
  async #get(
    path: string,
    range: { readonly Range?: string; readonly IfMatch?: string | undefined },
    signal: AbortSignal | undefined,
  ): Promise<GetObjectCommandOutput | 'empty' | undefined> {
    const { bucket, prefix } = this.#place;
    return this.#sent(path, signal, async () => {
      try {
        return await this.#client.send(
          new this.#sdk.GetObjectCommand({ Bucket: bucket, Key: `${prefix}${path}`, ...range }),
          abortableBy(signal),
        );
      } catch (error) {
        if (error instanceof this.#sdk.NoSuchKey) return undefined;
        if ((error as Error).name === 'InvalidRange') return 'empty';
        throw error;
      }
    });
  }

  async #sent<T>(path: string, signal: AbortSignal | undefined, send: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await send();
    } catch (error) {
      signal?.throwIfAborted();
      const { name } = error as Error;
      if (name === 'PreconditionFailed')
        throw new Fault(
          'configuration',
          `${this.nameOf(path)} was replaced while it was read: run the same command again`,
          { cause: error },
        );
      throw translateError(error, { resource: this.nameOf(path), variable: '--export' });
    }
  }
}

async function bytesOf({ Body }: GetObjectCommandOutput): Promise<Buffer> {
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}
