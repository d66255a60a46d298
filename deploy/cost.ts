/** What 1,000 changes of the table take, as AWS bills it. */
export interface Usage {
  /** DynamoDB read request units: one for each consistent read of up to 4 KB. */
  readonly readUnits: number;
  /** DynamoDB write request units: one for each write of up to 1 KB, two within a transaction. */
  readonly writeUnits: number;
  /** SQS requests, of up to 64 KB each. */
  readonly queueRequests: number;
  /** Invocations of the function. */
  readonly invocations: number;
  /** Memory of the function times its time. Only a run on Lambda can tell; undefined leaves it out. */
  readonly gigabyteSeconds?: number | undefined;
}

/**
 * US dollars for each million, in the region us-east-1, as published on AWS's price pages in 2025, without free tiers
 * and taxes. Lambda reads a DynamoDB stream without charge.
 */
export const PRICES: Readonly<Record<keyof Usage, number>> = {
  readUnits: 0.125,
  writeUnits: 0.625,
  queueRequests: 0.5,
  invocations: 0.2,
  gigabyteSeconds: 13.3334,
};

const NAMES: Readonly<Record<keyof Usage, string>> = {
  readUnits: 'DynamoDB read request units, on demand',
  writeUnits: 'DynamoDB write request units, on demand',
  queueRequests: 'SQS requests, FIFO',
  invocations: 'Lambda requests',
  gigabyteSeconds: 'Lambda GB-seconds, arm64',
};

export interface CostLine {
  readonly what: string;
  /** For 1,000 changes; undefined when it was not measured. */
  readonly units: number | undefined;
  /** US dollars for a million units. */
  readonly price: number;
  /** US dollars for a million changes. */
  readonly cost: number | undefined;
}

/** What a million changes cost, item by item. */
export function costPerMillion(usage: Usage): readonly CostLine[] {
  return (Object.keys(NAMES) as (keyof Usage)[]).map((key) => {
    const units = usage[key];
    // A thousand changes take `units`, a million a thousand times as many, priced by the million.
    return { what: NAMES[key], units, price: PRICES[key], cost: units && (units * PRICES[key]) / 1_000 };
  });
}

/** The same as a Markdown table, with the sum of what was measured. */
export function costTable(usage: Usage): string {
  const lines = costPerMillion(usage);
  const sum = lines.reduce((total, { cost = 0 }) => total + cost, 0);
  return [
    '| what | per 1,000 changes | US$ per million of them | US$ per million changes |',
    '| --- | ---: | ---: | ---: |',
    ...lines.map(
      ({ what, units, price, cost }) =>
        `| ${what} | ${units?.toFixed(1) ?? 'not measured'} | ${price} | ${cost?.toFixed(2) ?? ''} |`,
    ),
    `| sum of what was measured | | | ${sum.toFixed(2)} |`,
  ].join('\n');
}

/** What is billed by the month, whether anything changes or not. */
export interface Monthly {
  /** The worker's own metrics, each billed for the hours in which it has a value. */
  readonly workerMetrics: number;
  /** What the event source mapping counts. */
  readonly mappingMetrics: number;
  /** Alarms, one for each metric that an alarm watches. */
  readonly alarmMetrics: number;
  readonly dashboards: number;
}

/** The requests that the worker counts, each as a metric of its own. */
export const REQUEST_METRICS: readonly string[] = [
  'BatchGetItem',
  'Query',
  'TransactWriteItems',
  'SendMessageBatch',
];

/** US dollars a month for each, as `PRICES` are: the first 10,000 metrics, and what is beyond three dashboards. */
export const MONTHLY_PRICES: Readonly<Record<keyof Monthly, number>> = {
  workerMetrics: 0.3,
  mappingMetrics: 0.3,
  alarmMetrics: 0.1,
  dashboards: 3,
};

const MONTHLY_NAMES: Readonly<Record<keyof Monthly, string>> = {
  workerMetrics: 'custom metrics of the worker',
  mappingMetrics: 'custom metrics of the event source mapping',
  alarmMetrics: 'alarms, by the metrics that they watch',
  dashboards: 'dashboards beyond the first three of the account',
};

/** What a month costs at most, as a Markdown table. */
export function monthlyCostTable(monthly: Monthly): string {
  const lines = (Object.keys(MONTHLY_NAMES) as (keyof Monthly)[]).map((key) => ({
    what: MONTHLY_NAMES[key],
    number: monthly[key],
    price: MONTHLY_PRICES[key],
    cost: monthly[key] * MONTHLY_PRICES[key],
  }));
  const sum = lines.reduce((total, { cost }) => total + cost, 0);
  return [
    '| what | number | US$ each | US$ a month |',
    '| --- | ---: | ---: | ---: |',
    ...lines.map(
      ({ what, number, price, cost }) => `| ${what} | ${number} | ${price.toFixed(2)} | ${cost.toFixed(2)} |`,
    ),
    `| sum, at most | | | ${sum.toFixed(2)} |`,
  ].join('\n');
}
