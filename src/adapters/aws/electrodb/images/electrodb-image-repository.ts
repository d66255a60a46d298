import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  type DefaultImageWrite,
  type EntityView,
  ImageRepository,
} from '../../../../application/ports/image-repository.ts';
import type { Result } from '../../../../application/result.ts';
import type { Fault } from '../../../../domain/fault.ts';
import type { Entity } from '../../../../domain/row.ts';
import { DEFAULT_CONCURRENCY } from '../../clients.ts';
import { type ImageTable, loadViews } from './load-views.ts';
import { saveDefaultRows } from './save-default-rows.ts';

export type ImageRepositoryOptions = Partial<Pick<ImageTable, 'concurrency'>>;

/**
 * Images and default rows in the table itself. A batch of E entities takes E queries and, for every hundred
 * entities, one batch read of default rows and at most one of images that defaults point to; then one transaction
 * for every twenty or so default rows that must change, with a check of each image that the change rests on.
 *
 * An attribute of an image that is a list or a map is not compared before its default row is written, only that it
 * is there.
 */
export class ElectroDbImageRepository extends ImageRepository {
  readonly #table: Omit<ImageTable, 'keys'>;

  constructor(
    client: DynamoDBDocumentClient,
    table: string,
    { concurrency = DEFAULT_CONCURRENCY }: ImageRepositoryOptions = {},
  ) {
    super();
    this.#table = { client, table, concurrency };
  }

  override async load(
    entities: readonly Entity[],
    signal?: AbortSignal,
  ): Promise<readonly (EntityView | Fault)[]> {
    return loadViews(await this.#loaded(), entities, signal);
  }

  override async save(
    writes: readonly DefaultImageWrite[],
    signal?: AbortSignal,
  ): Promise<readonly Result[]> {
    return saveDefaultRows(await this.#loaded(), writes, signal);
  }

  /** ElectroDB makes the keys, and is loaded with the first batch that has images: a cold start can do without it. */
  async #loaded(): Promise<ImageTable> {
    return { ...this.#table, keys: await import('../keys.ts') };
  }
}
