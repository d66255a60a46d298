import { InvalidArgumentError } from 'commander';
import { isObject } from '../../../domain/json.ts';
import { isStreamArn, readStreamArn, tableArnOf } from '../../../adapters/dynamodb-stream/stream-arn.ts';
import { streamOf, toDelivery } from '../../../adapters/dynamodb-stream/to-delivery.ts';
import type { Delivery } from '../../../application/delivery.ts';
import type { TableGenerations } from '../../../application/ports/table-generations.ts';
import { Fault } from '../../../domain/fault.ts';
import type { TableModel } from '../../../domain/table-model.ts';

export interface StreamOptions {
  /** The stream of records that do not name theirs. */
  readonly streamArn?: string | undefined;
  /** The tables that the recordings are of, in the order in which they were followed. */
  readonly follow?: readonly string[] | undefined;
}

/** Reads `--stream-arn`. */
export function streamArn(text: string): string {
  if (isStreamArn(text)) return text;
  throw new InvalidArgumentError(
    'Expected a stream ARN with its label: arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL.',
  );
}

/** Reads `--follow`: ARNs of tables or streams, separated by commas. */
export function followedTables(text: string): readonly string[] {
  const tables = text.split(',').map((arn) => {
    try {
      return tableArnOf(arn.trim());
    } catch (error) {
      throw new InvalidArgumentError(Fault.from(error).message);
    }
  });
  const twice = tables.find((table, index) => tables.indexOf(table) !== index);
  if (twice !== undefined) throw new InvalidArgumentError(`${twice} is listed twice.`);
  return tables;
}

/** The streams that recordings are of: those of one table, or of several whose order is known. */
export class RecordedStreams {
  readonly #model: TableModel;
  readonly #tables: TableGenerations;
  readonly #options: StreamOptions;
  readonly #generations = new Map<string, number>();
  /** Where the first change of each table stands. */
  readonly #places = new Map<string, string>();

  private constructor(model: TableModel, tables: TableGenerations, options: StreamOptions) {
    this.#model = model;
    this.#tables = tables;
    this.#options = options;
  }

  static async open(
    model: TableModel,
    tables: TableGenerations,
    options: StreamOptions,
  ): Promise<RecordedStreams> {
    for (const tableArn of options.follow ?? []) await tables.adopt(tableArn);
    return new RecordedStreams(model, tables, options);
  }

  /**
   * What a record asks for.
   *
   * @throws Fault `configuration` when it is of another table than those before it and their order is not known: what
   *   comes of the recordings would depend on how the streams are called.
   */
  async read(record: unknown, place: string): Promise<Delivery> {
    const { streamArn = '' } = this.#options;
    const stream = isObject(record) ? streamOf(record, streamArn) : '';
    const known = this.#generations.get(stream);
    const delivery = toDelivery(record, this.#model, { place, streamArn, generation: known ?? 0 });
    // Of what is no change, no order is asked.
    if (known !== undefined || delivery.kind !== 'change') return delivery;
    const generation = await this.#generationOf(stream, place);
    this.#generations.set(stream, generation);
    return toDelivery(record, this.#model, { place, streamArn, generation });
  }

  async #generationOf(stream: string, place: string): Promise<number> {
    const { tableArn, label } = readStreamArn(stream);
    if (stream !== '' && label === '')
      throw new Fault('configuration', `${place}: ${stream} is not a stream ARN: it has no /stream/LABEL`);
    const following = await this.#tables.generationOf(tableArn);
    if (following.kind === 'refused') throw this.#refusal(tableArn, place, following.followed);
    if (!this.#places.has(tableArn)) this.#places.set(tableArn, place);
    return following.generation;
  }

  #refusal(tableArn: string, place: string, followed: string): Fault {
    const first = this.#places.get(followed);
    const others =
      first === undefined ? `--follow names ${followed}` : `${first} comes from ${nameOf(followed)}`;
    const cure =
      tableArn === '' || followed === ''
        ? 'name the stream of the unnamed records with --stream-arn, or replay them separately'
        : `give the order in which they were followed, oldest first: --follow ${followed},${tableArn}`;
    return new Fault(
      'configuration',
      `${place} comes from ${nameOf(tableArn)}, and ${others}: nothing says which changes are newer. ` +
        `${cure.charAt(0).toUpperCase()}${cure.slice(1)}`,
    );
  }
}

function nameOf(tableArn: string): string {
  return tableArn === '' ? 'an unnamed stream' : tableArn;
}
