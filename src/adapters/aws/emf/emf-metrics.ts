import {
  ALWAYS_PUBLISHED,
  GAUGES,
  type MetricName,
  Metrics,
  type MetricUnit,
  unitOf,
} from '../../../application/ports/metrics.ts';

export interface EmfMetricsOptions {
  /** CloudWatch's namespace. */
  readonly namespace: string;
  /** The one dimension, `service`: tells workers apart that share the namespace. */
  readonly service: string;
  /** Where documents go, one per line: in Lambda standard output, which CloudWatch reads them from. */
  readonly stream: Pick<NodeJS.WritableStream, 'write'>;
  /** What each document says besides, as it is when it goes out: to find it by, and no dimensions. */
  readonly fields?: () => Readonly<Record<string, string>>;
  /**
   * What each batch says, also where it is 0.
   *
   * @default that of a worker
   */
  readonly always?: readonly MetricName[];
}

/** Metrics in one document. CloudWatch reads no more. */
const MAX_METRICS = 100;

/** Characters. CloudWatch takes names of 255 in all; no operation of AWS has as many as these. */
const LONGEST_OPERATION = 100;

/** A metric of the present batch. */
interface Figure {
  readonly unit: MetricUnit;
  readonly value: number;
}

/**
 * Metrics in CloudWatch's embedded metric format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html):
 * one document per batch, and another for each further hundred metrics. Counts of 0 are left out, but for those that
 * are always published, or are of what there is; ages and durations of 0 are not.
 *
 * Names of operations have letters, digits and `_` only; whatever else one has becomes `_`, and a long one is cut.
 */
export class EmfMetrics extends Metrics {
  readonly #options: EmfMetricsOptions;
  readonly #always: ReadonlySet<MetricName>;
  #figures = new Map<string, Figure>();

  constructor(options: EmfMetricsOptions) {
    super();
    this.#options = options;
    this.#always = new Set(options.always ?? ALWAYS_PUBLISHED.worker);
  }

  override add(name: MetricName, value: number): void {
    this.#add(name, unitOf(name), value);
  }

  override request(operation: string): void {
    this.#add(`${operation.replaceAll(/\W/g, '_').slice(0, LONGEST_OPERATION)}Requests`, 'Count', 1);
  }

  override flush(): void {
    for (const name of this.#always) this.add(name, 0);
    const always: ReadonlySet<string> = this.#always;
    const gauges: ReadonlySet<string> = GAUGES;
    const figures = [...this.#figures].filter(
      ([name, { unit, value }]) => value !== 0 || unit !== 'Count' || always.has(name) || gauges.has(name),
    );
    this.#figures = new Map();
    for (let start = 0; start < figures.length; start += MAX_METRICS)
      this.#options.stream.write(`${this.#document(figures.slice(start, start + MAX_METRICS))}\n`);
  }

  #add(name: string, unit: Figure['unit'], value: number): void {
    const before = this.#figures.get(name)?.value ?? 0;
    this.#figures.set(name, { unit, value: before + value });
  }

  #document(figures: readonly (readonly [string, Figure])[]): string {
    const { namespace: Namespace, service, fields } = this.#options;
    const Metrics = figures.map(([Name, { unit }]) => ({ Name, Unit: unit }));
    return JSON.stringify({
      _aws: {
        Timestamp: Date.now(),
        CloudWatchMetrics: [{ Namespace, Dimensions: [['service']], Metrics }],
      },
      service,
      ...Object.fromEntries(figures.map(([name, { value }]) => [name, value])),
      ...fields?.(),
    });
  }
}
