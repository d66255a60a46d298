import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  type DefaultImageWrite,
  type EntityView,
  ImageRepository,
} from '../../../application/ports/image-repository.ts';
import { defaultImageOf, type Image, imageOf } from '../../../domain/default-image.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Entity } from '../../../domain/row.ts';
import { type Attributes, DecodedAttributes } from '../../../domain/value.ts';
import { translateError } from '../translate-error.ts';
import { type RawKey, readAll } from './batch-get.ts';
import { concurrently } from '../concurrently.ts';
import { defaultImageEntity, IMAGE_SK_PREFIX, imageEntity } from './entities.ts';
import { fromNative, toNative } from './native-value.ts';

/** Queries and single writes under way at a time: below the SDK's 50 sockets, so that none waits for one. */
const CONCURRENCY = 24;

/**
 * Images and default rows in the table itself. A batch of E entities takes E queries and, for every hundred
 * entities, one batch read of default rows and at most one of images that defaults point to; then one
 * conditional write for each default row that must change.
 */
export class ElectroDbImageRepository extends ImageRepository {
  readonly #images: ReturnType<typeof imageEntity>;
  readonly #defaults: ReturnType<typeof defaultImageEntity>;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    super();
    this.#images = imageEntity(client, table);
    this.#defaults = defaultImageEntity(client, table);
    this.#table = table;
  }

  override async load(entities: readonly Entity[]): Promise<readonly (EntityView | Fault)[]> {
    const [defaultRows, newest] = await Promise.all([
      this.#translated(() => readAll<Row>(this.#defaults, entities.map(keyOf))),
      concurrently(entities, CONCURRENCY, (entity) => this.#newest(entity)),
    ]);
    const current = defaultRows.map((row) => row && defaultImageOf(attributesOf(row)));

    // Most defaults point to the newest image, which is known by now.
    const elsewhere = entities.flatMap((entity, index) => {
      const imageId = current[index]?.imageId;
      const found = newest[index];
      return !imageId || found instanceof Fault || found?.imageId === imageId
        ? []
        : [{ index, entity, imageId }];
    });
    const pointedRows = await this.#translated(() =>
      readAll<Row>(
        this.#images,
        elsewhere.map(({ entity, imageId }) => ({ ...keyOf(entity), image_id: imageId })),
      ),
    );
    const pointed = new Map<number, Image>();
    for (const [position, { index, entity, imageId }] of elsewhere.entries()) {
      const row = pointedRows[position];
      if (row !== undefined) pointed.set(index, imageOf(entity, imageId, attributesOf(row)));
    }

    return entities.map((entity, index) => {
      const found = newest[index];
      if (found instanceof Fault) return found;
      const row = defaultRows[index];
      const stored = current[index];
      return {
        entity,
        newest: found,
        current: stored,
        pointed: stored !== undefined && stored.imageId === found?.imageId ? found : pointed.get(index),
        revision: row && JSON.stringify(conditionOf(row)),
      };
    });
  }

  override save(writes: readonly DefaultImageWrite[]): Promise<readonly ('saved' | 'conflict' | Fault)[]> {
    return concurrently(writes, CONCURRENCY, async (write) => {
      try {
        return (await this.#write(write)) ? 'saved' : 'conflict';
      } catch (error) {
        const fault = this.#translate(error);
        return fault.kind === 'conflict' ? 'conflict' : fault;
      }
    });
  }

  async #newest(entity: Entity): Promise<Image | undefined | Fault> {
    try {
      const { data } = await this.#images.query.images(keyOf(entity)).go({
        order: 'desc',
        limit: 1,
        consistent: true,
        ignoreOwnership: true,
        originalErr: true,
        data: 'raw',
      });
      // As the table has it: ElectroDB does not take a key with a line break for one of its own.
      const [row] = (data as unknown as { Items: Row[] }).Items;
      return row && imageOf(entity, row.SK.slice(IMAGE_SK_PREFIX.length), attributesOf(row));
    } catch (error) {
      return this.#translate(error);
    }
  }

  /** False when the row is no longer as the view found it. */
  async #write({ view, image }: DefaultImageWrite): Promise<boolean> {
    const key = keyOf(view.entity);
    const options = { returnOnConditionCheckFailure: true, originalErr: true } as const;
    const expected = view.revision === undefined ? undefined : (JSON.parse(view.revision) as RowCondition);
    if (image === undefined) {
      const deletion = this.#defaults
        .delete(key)
        .where((row, operation) => stillIs(expected, row, operation));
      return !(await deletion.go(options)).rejected;
    }
    const fields = Object.fromEntries(
      Object.entries(image.attributes).map(([name, value]) => [name, toNative(value)]),
    );
    const row = { ...fields, ...key, image_id: image.imageId, revision: randomUUID() };
    const write =
      expected === undefined
        ? this.#defaults.create(row)
        : this.#defaults.put(row).where((stored, operation) => stillIs(expected, stored, operation));
    return !(await write.go(options)).rejected;
  }

  async #translated<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #translate(error: unknown): Fault {
    return translateError(error, { resource: `table ${this.#table}`, variable: 'TABLE_NAME' });
  }
}

/** What tells one writing of a default row from the next. Rows that others wrote have no revision. */
interface RowCondition {
  readonly revision?: string;
  readonly imageId?: string;
}

function conditionOf(row: Readonly<Record<string, unknown>>): RowCondition {
  const { revision, image_id: imageId } = row;
  return {
    ...(typeof revision === 'string' ? { revision } : {}),
    ...(typeof imageId === 'string' ? { imageId } : {}),
  };
}

interface Operations {
  readonly eq: (attribute: unknown, value: unknown) => string;
  readonly notExists: (attribute: unknown) => string;
}

/** The row has the revision that was read, or none, and points to the image that it pointed to. */
function stillIs(
  expected: RowCondition | undefined,
  row: { readonly revision: unknown; readonly image_id: unknown },
  { eq, notExists }: Operations,
): string {
  const revision =
    expected?.revision === undefined ? notExists(row.revision) : eq(row.revision, expected.revision);
  const pointer = expected?.imageId === undefined ? '' : ` AND ${eq(row.image_id, expected.imageId)}`;
  return `${revision}${pointer}`;
}

interface EntityKey {
  org_id: string;
  entity_type: string;
  entity_id: string;
}

/** A row's attributes, keys among them. */
type Row = RawKey & Readonly<Record<string, unknown>>;

function keyOf({ orgId, entityType, entityId }: Entity): EntityKey {
  return { org_id: orgId, entity_type: entityType, entity_id: entityId };
}

function attributesOf(row: Readonly<Record<string, unknown>>): Attributes {
  const present = Object.entries(row).filter(([, value]) => value !== undefined);
  return new DecodedAttributes(new Map(present.map(([name, value]) => [name, fromNative(value)])));
}
