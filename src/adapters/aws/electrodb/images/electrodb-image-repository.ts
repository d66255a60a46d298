import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import {
  type DefaultImageWrite,
  type EntityView,
  ImageRepository,
} from '../../../../application/ports/image-repository.ts';
import type { Done, Result } from '../../../../application/ports/result.ts';
import { groundsOf, type Image, type ImageGround } from '../../../../domain/default-image.ts';
import { Fault } from '../../../../domain/fault.ts';
import type { Entity } from '../../../../domain/row.ts';
import { abortableBy, DEFAULT_CONCURRENCY } from '../../clients.ts';
import { takeApart } from '../../take-apart.ts';
import { translateError } from '../../translate-error.ts';
import { keyIn, type RawKey, readAll } from '../batch-get.ts';
import {
  canExist,
  imageOfRow,
  newestImage,
  pointsElsewhere,
  type Row,
  viewOf,
  type ViewWithDefault,
} from './image-view.ts';
import { defaultRowWrite, imageCheck, type ImageEntities, keyOf } from './image-writes.ts';
import { lazily } from '../lazily.ts';
import { packWrites } from '../pack-writes.ts';
import { ParamsTemplates } from '../params-templates.ts';
import { errorOf, type Reason, writeTransaction } from '../write-transaction.ts';

export interface ImageRepositoryOptions {
  /** Requests for single entities under way at a time. */
  readonly concurrency?: number;
}

/** Transactions of many entities under way at a time: each is as much work for the table as dozens of writes. */
const MAX_TRANSACTIONS = 8;

/**
 * Images and default rows in the table itself. A batch of E entities takes E queries and, for every hundred
 * entities, one batch read of default rows and at most one of images that defaults point to; then one transaction
 * for every twenty or so default rows that must change, with a check of each image that the change rests on.
 *
 * An attribute of an image that is a list or a map is not compared before its default row is written, only that it
 * is there.
 */
export class ElectroDbImageRepository extends ImageRepository {
  readonly #client: DynamoDBDocumentClient;
  readonly #entities: () => Promise<ImageEntities>;
  readonly #table: string;
  readonly #concurrency: number;

  constructor(
    client: DynamoDBDocumentClient,
    table: string,
    { concurrency = DEFAULT_CONCURRENCY }: ImageRepositoryOptions = {},
  ) {
    super();
    this.#client = client;
    this.#entities = lazily(async () => {
      const { imageEntity, defaultImageEntity } = await import('../entities.ts');
      return {
        templates: new ParamsTemplates(),
        images: imageEntity(client, table),
        defaults: defaultImageEntity(client, table),
      };
    });
    this.#table = table;
    this.#concurrency = concurrency;
  }

  override async load(
    entities: readonly Entity[],
    signal?: AbortSignal,
  ): Promise<readonly (EntityView | Fault)[]> {
    const model = await this.#entities();
    const [defaultRows, newest] = await Promise.all([
      this.#read(
        entities.map((entity) => defaultKeyOf(model, entity)),
        signal,
      ),
      pMap(entities, (entity) => this.#newest(model, entity, signal), { concurrency: this.#concurrency }),
    ]);
    const views = entities.map((entity, index) =>
      this.#attempted(() => viewOf(entity, defaultRows[index], newest[index])),
    );

    // Most defaults point to the newest image, which is known by now.
    const elsewhere = views.filter(pointsElsewhere);
    const rows = await this.#read(
      elsewhere.map((view) => pointedKeyOf(model, view)),
      signal,
    );
    const pointedRows = new Map<EntityView | Fault, Row | undefined | Fault>(
      elsewhere.map((view, index) => [view, rows[index]]),
    );
    return views.map((view) => {
      const row = pointedRows.get(view);
      if (Fault.is(row)) return row;
      return Fault.is(view) || row === undefined
        ? view
        : this.#attempted(() => ({ ...view, pointed: imageOfRow(view.entity, row) }));
    });
  }

  override async save(
    writes: readonly DefaultImageWrite[],
    signal?: AbortSignal,
  ): Promise<readonly Result[]> {
    const results = new Map<DefaultImageWrite, Result>();
    const planned: PlannedWrite[] = [];
    for (const write of writes) {
      const grounds = groundsOf(write.view, write.image);
      if (grounds === undefined) results.set(write, 'conflict');
      else planned.push({ write, grounds: grounds.filter(isAtStake) });
    }
    const transactions = Math.min(MAX_TRANSACTIONS, this.#concurrency);
    const outcomes = await takeApart(packWrites(planned, itemsOf), transactions, (group) =>
      this.#transact(group, signal),
    );
    for (const [{ write }, result] of outcomes) results.set(write, resultOf(result));
    return writes.map(
      (write) => results.get(write) ?? new Fault('transient', 'the default row was not written'),
    );
  }

  async #newest(
    { images, templates }: ImageEntities,
    entity: Entity,
    signal: AbortSignal | undefined,
  ): Promise<Image | undefined | Fault> {
    if (signal?.aborted) return new Fault('transient', 'stopped before the images were read');
    try {
      const params = templates.fill('newest', keyOf(entity), (key) =>
        images.query.images(key).params<QueryCommandInput>({ order: 'desc', limit: 1, consistent: true }),
      );
      const { Items = [] } = await this.#client.send(new QueryCommand(params), abortableBy(signal));
      return newestImage(entity, Items as Row[]);
    } catch (error) {
      return this.#translate(error);
    }
  }

  /** One result a key; where the request failed, its fault for each. */
  async #read(
    keys: readonly RawKey[],
    signal: AbortSignal | undefined,
  ): Promise<readonly (Row | undefined | Fault)[]> {
    try {
      return await readAll<Row>(this.#client, this.#table, keys, signal);
    } catch (error) {
      const fault = this.#translate(error);
      return keys.map(() => fault);
    }
  }

  /**
   * Writes a group. Members that are cancelled only with others are tried again at once without them.
   *
   * @returns one result a member, in their order; those that were refused together share one `Refusal`.
   */
  async #transact(group: readonly PlannedWrite[], signal: AbortSignal | undefined): Promise<readonly Done[]> {
    const results = new Map<PlannedWrite, Done>();
    const settle = (members: readonly PlannedWrite[], result: Done) => {
      for (const member of members) results.set(member, result);
    };
    let pending = group;
    while (pending.length > 0) {
      if (signal?.aborted) {
        settle(pending, new Fault('transient', 'stopped before the default row was written'));
        break;
      }
      const answer = await this.#write(pending, signal);
      if (answer === 'done' || Fault.is(answer)) {
        settle(pending, answer);
        break;
      }
      const blameless = pending.filter((_, index) => answer[index] === undefined);
      for (const [index, member] of pending.entries()) {
        const fault = answer[index];
        if (fault !== undefined) settle([member], fault);
      }
      if (blameless.length === pending.length) {
        settle(pending, new Fault('transient', 'the transaction was cancelled for no known reason'));
        break;
      }
      pending = blameless;
    }
    return group.map((member) => results.get(member) as Done);
  }

  /**
   * Sends one transaction.
   *
   * @returns `done`; a fault that concerns all members alike; or, when it was cancelled, the fault of each member,
   *   undefined for members that have none.
   */
  async #write(
    group: readonly PlannedWrite[],
    signal: AbortSignal | undefined,
  ): Promise<Done | readonly (Fault | undefined)[]> {
    const entities = await this.#entities();
    const items = group.flatMap(({ write, grounds }) => [
      defaultRowWrite(entities, write),
      ...grounds.map((ground) => ({ ConditionCheck: imageCheck(entities, write.view.entity, ground) })),
    ]);
    try {
      const answer = await writeTransaction(this.#client, items, signal);
      if (answer === undefined) return 'done';
      const reasons = [...answer];
      return group.map((member) => this.#faultOf(reasons.splice(0, itemsOf(member))));
    } catch (error) {
      return this.#translate(error);
    }
  }

  /** A conflict goes before other faults: after it, the write is decided on again. */
  #faultOf(reasons: readonly Reason[]): Fault | undefined {
    const faults = reasons
      .filter(({ code }) => code !== 'None')
      .map((reason) => this.#translate(errorOf(reason)));
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

function defaultKeyOf({ defaults, templates }: ImageEntities, entity: Entity): RawKey {
  return keyIn(templates.fill('default', keyOf(entity), (key) => defaults.get(key).params()));
}

function pointedKeyOf({ images, templates }: ImageEntities, { entity, current }: ViewWithDefault): RawKey {
  const key = { ...keyOf(entity), image_id: current.imageId };
  return keyIn(templates.fill('image', key, (marked) => images.get(marked).params()));
}

interface PlannedWrite {
  readonly write: DefaultImageWrite;
  /** At most one an image: a transaction must not name an item twice. */
  readonly grounds: readonly ImageGround[];
}

function resultOf(result: Done): Result {
  return Fault.is(result) && result.kind === 'conflict' ? 'conflict' : result;
}

/** The default row, and a check for each image. */
function itemsOf({ grounds }: PlannedWrite): number {
  return 1 + grounds.length;
}

function isAtStake({ imageId, image }: ImageGround): boolean {
  return image !== undefined || canExist(imageId);
}
