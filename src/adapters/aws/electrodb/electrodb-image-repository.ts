import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createWriteTransaction } from 'electrodb';
import {
  type DefaultImageWrite,
  type EntityView,
  ImageRepository,
} from '../../../application/ports/image-repository.ts';
import {
  defaultImageOf,
  groundsOf,
  type Image,
  type ImageGround,
  imageOf,
} from '../../../domain/default-image.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Entity } from '../../../domain/row.ts';
import { type Attributes, DecodedAttributes } from '../../../domain/value.ts';
import { translateError } from '../translate-error.ts';
import { type RawKey, readAll } from './batch-get.ts';
import { concurrently } from '../concurrently.ts';
import { defaultImageEntity, IMAGE_SK_PREFIX, imageEntity } from './entities.ts';
import {
  conditionOf,
  imageStillSays,
  type RowCondition,
  rowExists,
  rowIsAbsent,
  rowStillIs,
} from './image-conditions.ts';
import { lazily } from './lazily.ts';
import { fromNative, toNative } from './native-value.ts';
import { packWrites } from './pack-writes.ts';

export interface ImageRepositoryOptions {
  /** Requests for single entities under way at a time. Default 24: below the SDK's 50 sockets, so that none waits for one. */
  readonly concurrency?: number;
}

const DEFAULT_CONCURRENCY = 24;

/** Transactions of many entities under way at a time: each is as much work for the table as dozens of writes. */
const MAX_TRANSACTIONS = 8;

/** DynamoDB's limit on a sort key. */
const MAX_SK_BYTES = 1024;

/**
 * Images and default rows in the table itself. A batch of E entities takes E queries and, for every hundred
 * entities, one batch read of default rows and at most one of images that defaults point to; then one transaction
 * for every twenty or so default rows that must change, with a check of each image that the change rests on.
 *
 * An attribute of an image that is a list or a map is not compared before its default row is written, only that it
 * is there.
 */
export class ElectroDbImageRepository extends ImageRepository {
  readonly #entities: () => {
    readonly images: ReturnType<typeof imageEntity>;
    readonly defaults: ReturnType<typeof defaultImageEntity>;
  };
  readonly #table: string;
  readonly #concurrency: number;

  constructor(
    client: DynamoDBDocumentClient,
    table: string,
    { concurrency = DEFAULT_CONCURRENCY }: ImageRepositoryOptions = {},
  ) {
    super();
    this.#entities = lazily(() => ({
      images: imageEntity(client, table),
      defaults: defaultImageEntity(client, table),
    }));
    this.#table = table;
    this.#concurrency = concurrency;
  }

  override async load(
    entities: readonly Entity[],
    signal?: AbortSignal,
  ): Promise<readonly (EntityView | Fault)[]> {
    allowListeners(signal);
    const [defaultRows, newest] = await Promise.all([
      this.#read(this.#entities().defaults, entities.map(keyOf), signal),
      concurrently(entities, this.#concurrency, (entity) => this.#newest(entity, signal)),
    ]);
    const views = entities.map((entity, index) =>
      this.#attempted(() => viewOf(entity, defaultRows[index], newest[index])),
    );

    // Most defaults point to the newest image, which is known by now.
    const elsewhere = views.filter(pointsElsewhere);
    const rows = await this.#read(this.#entities().images, elsewhere.map(pointedKeyOf), signal);
    const pointedRows = new Map<EntityView | Fault, Row | undefined | Fault>(
      elsewhere.map((view, index) => [view, rows[index]]),
    );
    return views.map((view) => {
      const row = pointedRows.get(view);
      if (row instanceof Fault) return row;
      return view instanceof Fault || row === undefined
        ? view
        : this.#attempted(() => ({ ...view, pointed: imageOfRow(view.entity, row) }));
    });
  }

  override async save(
    writes: readonly DefaultImageWrite[],
    signal?: AbortSignal,
  ): Promise<readonly ('saved' | 'conflict' | Fault)[]> {
    allowListeners(signal);
    const results: Results = new Map();
    const planned: PlannedWrite[] = [];
    for (const write of writes) {
      const grounds = groundsOf(write.view, write.image);
      if (grounds === undefined) results.set(write, 'conflict');
      else planned.push({ write, grounds: grounds.filter(isAtStake) });
    }
    const refused: PlannedWrite[] = [];
    const transactions = Math.min(MAX_TRANSACTIONS, this.#concurrency);
    await concurrently(packWrites(planned, itemsOf), transactions, async (group) => {
      refused.push(...(await this.#transact(group, results, signal)));
    });
    await concurrently(refused, this.#concurrency, (one) => this.#transact([one], results, signal));
    return writes.map(
      (write) => results.get(write) ?? new Fault('transient', 'the default row was not written'),
    );
  }

  async #newest(entity: Entity, signal: AbortSignal | undefined): Promise<Image | undefined | Fault> {
    if (signal?.aborted) return new Fault('transient', 'stopped before the images were read');
    try {
      const { data } = await this.#entities()
        .images.query.images(keyOf(entity))
        .go({
          order: 'desc',
          limit: 1,
          consistent: true,
          ignoreOwnership: true,
          originalErr: true,
          data: 'raw',
          ...(signal && { abortSignal: signal }),
        });
      const [row] = (data as unknown as { Items: Row[] }).Items;
      return row && imageOfRow(entity, row);
    } catch (error) {
      return this.#translate(error);
    }
  }

  /** One result a key; where the request failed, its fault for each. */
  async #read(
    electroEntity: object,
    keys: readonly object[],
    signal: AbortSignal | undefined,
  ): Promise<readonly (Row | undefined | Fault)[]> {
    try {
      return await readAll<Row>(electroEntity, keys, signal);
    } catch (error) {
      const fault = this.#translate(error);
      return keys.map(() => fault);
    }
  }

  /**
   * Writes a group, and gives its members their results. Those that are cancelled only with others are tried again at
   * once without them.
   *
   * @returns members without a result: they were refused together for good, and each must be tried alone.
   */
  async #transact(
    group: readonly PlannedWrite[],
    results: Results,
    signal: AbortSignal | undefined,
  ): Promise<readonly PlannedWrite[]> {
    let pending = group;
    while (pending.length > 0) {
      if (signal?.aborted) {
        settle(pending, new Fault('transient', 'stopped before the default row was written'), results);
        break;
      }
      const answer = await this.#write(pending, signal);
      if (answer instanceof Fault && answer.kind === 'permanent' && pending.length > 1) return pending;
      if (answer === 'saved' || answer instanceof Fault) {
        settle(pending, answer, results);
        break;
      }
      const blameless = pending.filter((_, index) => answer[index] === undefined);
      for (const [index, member] of pending.entries()) {
        const fault = answer[index];
        if (fault !== undefined) settle([member], fault, results);
      }
      if (blameless.length === pending.length) {
        settle(pending, new Fault('transient', 'the transaction was cancelled for no known reason'), results);
        break;
      }
      pending = blameless;
    }
    return [];
  }

  /**
   * Sends one transaction.
   *
   * @returns `saved`; a fault that concerns all members alike; or, when it was cancelled, the fault of each member,
   *   undefined for members that have none.
   */
  async #write(
    group: readonly PlannedWrite[],
    signal: AbortSignal | undefined,
  ): Promise<'saved' | Fault | readonly (Fault | undefined)[]> {
    const transaction = createWriteTransaction(this.#entities(), ({ defaults, images }) =>
      group.flatMap(({ write: { view, image }, grounds }) => {
        const key = keyOf(view.entity);
        const write = image === undefined ? defaults.delete(key) : defaults.put(defaultRowOf(key, image));
        const expected =
          view.revision === undefined ? undefined : (JSON.parse(view.revision) as RowCondition);
        return [
          expected === undefined
            ? write.where(rowIsAbsent).commit()
            : write.where(rowExists).where(rowStillIs(expected)).commit(),
          ...grounds.map((ground) => {
            const check = images.check({ ...key, image_id: ground.imageId });
            return ground.image === undefined
              ? check.where(rowIsAbsent).commit()
              : check.where(rowExists).where(imageStillSays(ground.image)).commit();
          }),
        ];
      }),
    );
    try {
      const { canceled, data } = await transaction.go(signal && { abortSignal: signal });
      if (!canceled) return 'saved';
      const reasons = [...(data as readonly Reason[])];
      return group.map((member) => this.#faultOf(reasons.splice(0, itemsOf(member))));
    } catch (error) {
      return this.#translate(error);
    }
  }

  /** A conflict goes before other faults: after it, the write is decided on again. */
  #faultOf(reasons: readonly Reason[]): Fault | undefined {
    const faults = reasons
      .filter(({ code }) => code !== 'None')
      .map(({ code, message }) => this.#translate(Object.assign(new Error(message ?? code), { name: code })));
    return faults.find(({ kind }) => kind === 'conflict') ?? faults[0];
  }

  #attempted<T>(work: () => T): T | Fault {
    try {
      return work();
    } catch (error) {
      return this.#translate(error);
    }
  }

  #translate(error: unknown): Fault {
    return translateError(error, { resource: `table ${this.#table}`, variable: 'TABLE_NAME' });
  }
}

/** Every request under way listens to it: more than ten are no leak, which Node would warn of. */
function allowListeners(signal: AbortSignal | undefined): void {
  if (signal) setMaxListeners(0, signal);
}

type Results = Map<DefaultImageWrite, 'saved' | 'conflict' | Fault>;

interface PlannedWrite {
  readonly write: DefaultImageWrite;
  /** At most one an image: a transaction must not name an item twice. */
  readonly grounds: readonly ImageGround[];
}

/** Why a transaction was cancelled, as far as one of its items goes; `None` where it was not for that one. */
interface Reason {
  readonly code: string;
  readonly message?: string | undefined;
}

function settle(members: readonly PlannedWrite[], result: 'saved' | Fault, results: Results): void {
  const plain = result instanceof Fault && result.kind === 'conflict' ? 'conflict' : result;
  for (const { write } of members) results.set(write, plain);
}

/** The default row, and a check for each image. */
function itemsOf({ grounds }: PlannedWrite): number {
  return 1 + grounds.length;
}

/** A default row may point to what no key can name; asking for it would fail the whole request. */
function canExist(imageId: string): boolean {
  return imageId !== '' && Buffer.byteLength(IMAGE_SK_PREFIX + imageId) <= MAX_SK_BYTES;
}

function isAtStake({ imageId, image }: ImageGround): boolean {
  return image !== undefined || canExist(imageId);
}

function viewOf(
  entity: Entity,
  row: Row | undefined | Fault,
  newest: Image | undefined | Fault,
): EntityView | Fault {
  if (row instanceof Fault) return row;
  if (newest instanceof Fault) return newest;
  const current = row && defaultImageOf(attributesOf(row));
  return {
    entity,
    newest,
    current,
    pointed: current !== undefined && current.imageId === newest?.imageId ? newest : undefined,
    revision: row && JSON.stringify(conditionOf(row)),
  };
}

interface ViewWithDefault extends EntityView {
  readonly current: Image;
}

/** The default row points to an image that has not been read yet. */
function pointsElsewhere(view: EntityView | Fault): view is ViewWithDefault {
  return (
    !(view instanceof Fault) &&
    view.current !== undefined &&
    view.current.imageId !== view.newest?.imageId &&
    canExist(view.current.imageId)
  );
}

function pointedKeyOf({ entity, current }: ViewWithDefault) {
  return { ...keyOf(entity), image_id: current.imageId };
}

function defaultRowOf(key: EntityKey, { imageId, attributes }: Image) {
  const fields = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, toNative(value)]),
  );
  return { ...fields, ...key, image_id: imageId, revision: randomUUID() };
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

/** By its key as the table has it: ElectroDB does not take a key with a line break for one of its own. */
function imageOfRow(entity: Entity, row: Row): Image {
  return imageOf(entity, row.SK.slice(IMAGE_SK_PREFIX.length), attributesOf(row));
}

function attributesOf(row: Readonly<Record<string, unknown>>): Attributes {
  const present = Object.entries(row).filter(([, value]) => value !== undefined);
  return new DecodedAttributes(new Map(present.map(([name, value]) => [name, fromNative(value)])));
}
