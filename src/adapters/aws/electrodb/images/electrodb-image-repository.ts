import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  type EntityView,
  ImageRepository,
  type PointerWrite,
} from '../../../../application/ports/image-repository.ts';
import type { Result } from '../../../../application/result.ts';
import type { Fault } from '../../../../domain/fault.ts';
import type { Entity } from '../../../../domain/pointer.ts';
import type { KeySchema } from '../../../../domain/table-model.ts';
import { DEFAULT_CONCURRENCY } from '../../client-defaults.ts';
import type { EntityTable } from './entity-table.ts';
import { loadViews } from './load-views.ts';
import { savePointers } from './save-pointers.ts';

export type ImageRepositoryOptions = Partial<Pick<EntityTable, 'concurrency'>>;

/**
 * Rows and pointers in the table itself. For every hundred entities, a batch takes one batch read of pointers and at most
 * one of rows that are pointed to; a query for each entity whose newest row decides, more where rows that are none of an
 * entity's sort among its own; then one transaction for every twenty or so pointers that must change, with a check of each row that
 * the change rests on.
 */
export class ElectroDbImageRepository extends ImageRepository {
  readonly #table: EntityTable;

  constructor(
    client: DynamoDBDocumentClient,
    table: string,
    keys: KeySchema,
    { concurrency = DEFAULT_CONCURRENCY }: ImageRepositoryOptions = {},
  ) {
    super();
    this.#table = { client, table, keys, concurrency };
  }

  override async load(
    entities: readonly Entity[],
    signal?: AbortSignal,
  ): Promise<readonly (EntityView | Fault)[]> {
    return loadViews(this.#table, entities, signal);
  }

  override async save(writes: readonly PointerWrite[], signal?: AbortSignal): Promise<readonly Result[]> {
    return savePointers(this.#table, writes, signal);
  }
}
