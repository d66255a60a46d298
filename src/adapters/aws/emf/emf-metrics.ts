import { Metrics as EmfSerializer, MetricUnit } from '@aws-lambda-powertools/metrics';
import { ALWAYS_PUBLISHED, METRICS, type MetricName, Metrics } from '../../../application/ports/metrics.ts';

export interface EmfMetricsOptions {
  /** CloudWatch's namespace. */
  readonly namespace: string;
  /** The one dimension, `service`: tells workers apart that share the namespace. */
  readonly service: string;
  /** Where documents go, one a line: in Lambda standard output, which CloudWatch reads them from. */
  readonly stream: Pick<NodeJS.WritableStream, 'write'>;
  /** What each document says besides, as it is when it goes out: to find it by, and no dimensions. */
  readonly fields?: () => Readonly<Record<string, string>>;
}

/** Metrics in one document. CloudWatch reads no more. */
const MAX_METRICS = 100;

/**
 * Metrics in CloudWatch's embedded metric format: one document a batch, and another for each further hundred
 * metrics. Counts of 0 are left away, but for those that are always published; ages and durations of 0 are not.
 *
 * Names of operations have letters, digits and `_` only; whatever else one has becomes `_`, and a long one is cut.
 */
export class EmfMetrics extends Metrics {
  readonly #serializer: EmfSerializer;
  readonly #stream: EmfMetricsOptions['stream'];
  readonly #fields: () => Readonly<Record<string, string>>;
  #figures = new Map<string, Figure>();

  constructor({ namespace, service, stream, fields = () => ({}) }: EmfMetricsOptions) {
    super();
    this.#fields = fields;
    this.#serializer = new EmfSerializer({ namespace, serviceName: service });
    this.#stream = stream;
  }

  override add(name: MetricName, value: number): void {
    this.#add(name, METRICS[name][0], value);
  }

  override request(operation: string): void {
    this.#add(`${operation.replaceAll(/\W/g, '_').slice(0, LONGEST_OPERATION)}Requests`, 'Count', 1);
  }

  override flush(): void {
    for (const name of ALWAYS_PUBLISHED) this.add(name, 0);
    const figures = [...this.#figures].filter(
      ([name, { unit, value }]) => value !== 0 || unit !== 'Count' || ALWAYS.has(name),
    );
    this.#figures = new Map();
    for (let start = 0; start < figures.length; start += MAX_METRICS)
      this.#stream.write(`${this.#document(figures.slice(start, start + MAX_METRICS))}\n`);
  }

  #add(name: string, unit: Figure['unit'], value: number): void {
    const before = this.#figures.get(name)?.value ?? 0;
    this.#figures.set(name, { unit, value: before + value });
  }

  /**
   * Its own way out, `publishStoredMetrics`, writes to a console that cannot be chosen, and warns of empty batches.
   * Nothing is left in it from batch to batch, so that it never publishes by itself.
   */
  #document(figures: readonly (readonly [string, Figure])[]): string {
    try {
      for (const [name, { unit, value }] of figures)
        this.#serializer.addMetric(name, MetricUnit[unit], value);
      return JSON.stringify({ ...this.#serializer.serializeMetrics(), ...this.#fields() });
    } finally {
      this.#serializer.clearMetrics();
    }
  }
}

/** A metric of the present batch. */
interface Figure {
  readonly unit: (typeof METRICS)[MetricName][0];
  readonly value: number;
}

const ALWAYS: ReadonlySet<string> = new Set(ALWAYS_PUBLISHED);

/** Characters. CloudWatch takes names of 255 in all; no operation of AWS has as many as these. */
const LONGEST_OPERATION = 100;
