import { expect } from 'chai';
import { METRICS } from '../../src/application/ports/metrics.ts';
import { evaluate } from './support/metric-math.ts';
import { resolve } from './support/resolve.ts';
import { readTemplate } from './support/template.ts';

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: { readonly MetricName: string; readonly Dimensions: unknown };
    readonly Period: number;
    readonly Stat: string;
  };
}

describe('the alarm for late changes', () => {
  const { Properties } = resolve(readTemplate(), { NewTableName: 'fleet' }).resources['LateChangesAlarm']!;
  const queries = Properties['Metrics'] as unknown as readonly Query[];
  const limit = Number(Properties['Threshold']);

  /** The alarm's value for one period. Lambda counts errors, be it none, whenever the function runs. */
  function share(values: Readonly<Record<string, number>>): number | undefined {
    const expression = queries.find(({ Expression }) => Expression !== undefined)!.Expression!;
    const counted = Object.keys(values).length === 0 ? {} : { errors: 0, ...values };
    const series = new Map(queries.map(({ Id }) => [Id, [(counted as typeof values)[Id]]]));
    return evaluate(expression, series)[0];
  }

  it('counts every decision that the matcher makes, and failures of records and of the function', () => {
    const names = queries.flatMap(({ MetricStat }) => MetricStat?.Metric.MetricName ?? []);
    const decisions = Object.keys(METRICS).filter((name) => name.startsWith('Matcher'));
    expect(names).to.have.members([...decisions, 'RecordsFailed', 'Errors']);
    for (const { MetricStat } of queries)
      if (MetricStat !== undefined) expect(MetricStat).to.include({ Period: 900, Stat: 'Sum' });
  });

  it('given that most link rows are late and nothing failed, then it is above the limit', () => {
    expect(share({ late: 9, failed: 0 })).to.equal(100);
    expect(share({ late: 60, incremented: 40, failed: 0, errors: 0 }))
      .to.equal(60)
      .and.be.above(limit);
  });

  it('given that few are late, or none, then it is below', () => {
    expect(
      share({ late: 1, incremented: 3, decremented: 2, moved: 2, unchanged: 1, repeated: 1, failed: 0 }),
    ).to.equal(10);
    expect(share({ late: 0, failed: 0 })).to.equal(0);
    expect(limit).to.be.above(10);
  });

  it('given repeats, which a redelivery brings, then they are not late', () => {
    expect(share({ late: 0, repeated: 100, failed: 0 })).to.equal(0);
  });

  it('given that something failed, then the period does not count', () => {
    expect(share({ late: 9, failed: 1 })).to.equal(0);
    expect(share({ late: 9, failed: 0, errors: 1 })).to.equal(0);
  });

  it('given that nothing came, then it says nothing', () => {
    expect(share({})).to.equal(undefined);
  });
});
