import { expect } from 'chai';
import fc from 'fast-check';
import { evaluate, type Series } from './support/metric-math.ts';
import { resolve, type Values } from './support/resolve.ts';
import { readTemplate } from './support/template.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

/** What CloudWatch looks at when one period decides: that one, and some before it in case it has no value. */
const PERIODS_LOOKED_AT = 3;

/** Sums by the minute at which they happened. */
type Minutes = ReadonlyMap<number, number>;

interface Query {
  readonly Id: string;
  readonly ReturnData?: boolean;
  readonly Expression?: string;
  readonly MetricStat?: { readonly Period: number; readonly Metric: { readonly MetricName: string } };
}

interface Alarm {
  readonly Metrics: readonly Query[];
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
}

const WAYS: readonly (readonly [title: string, values: Values, isRead: boolean])[] = [
  ['the mapping counts', {}, true],
  ['the mapping does not count', { MappingMetrics: 'false' }, true],
  ['the mapping is removed', { MappingState: 'removed' }, false],
];

function alarmWith(values: Values): Alarm {
  const { resources } = resolve(readTemplate(), { NewTableName: 'fleet', ...values });
  return resources['StoppedAlarm']!.Properties as unknown as Alarm;
}

/**
 * The minutes of a day in which the alarm is on, evaluated every minute over periods that end there, as CloudWatch
 * does: the newest period that has a value decides, and where none has, the state stays.
 */
function minutesOn(alarm: Alarm, written: Minutes, read: Minutes): readonly number[] {
  expect(alarm).to.include({
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'ignore',
  });
  const on: number[] = [];
  let state = false;
  for (let minute = 1; minute <= DAY; minute++) {
    const series = new Map<string, Series>();
    let result: Series = [];
    for (const { Id, ReturnData, Expression, MetricStat } of alarm.Metrics) {
      const values =
        MetricStat === undefined
          ? evaluate(Expression!, series)
          : periods(
              MetricStat.Metric.MetricName === 'ConsumedWriteCapacityUnits' ? written : read,
              minute,
              MetricStat.Period / 60,
            );
      series.set(Id, values);
      if (ReturnData !== false) result = values;
    }
    const newest = result.findLast((value) => value !== undefined);
    if (newest !== undefined) state = newest >= 1;
    if (state) on.push(minute);
  }
  return on;
}

/** The sums of the periods that end at a minute, undefined where nothing was counted. */
function periods(counted: Minutes, end: number, length: number): Series {
  return Array.from({ length: PERIODS_LOOKED_AT }, (_, index) => {
    const start = end - (PERIODS_LOOKED_AT - index) * length;
    const sums = [...counted].filter(([minute]) => minute >= start && minute < start + length);
    return sums.length === 0 ? undefined : sums.reduce((sum, [, count]) => sum + count, 0);
  });
}

function every(step: number, from: number, to: number): Minutes {
  const minutes = new Map<number, number>();
  for (let minute = from; minute < to; minute += step) minutes.set(minute, 5);
  return minutes;
}

describe('the alarm of a stopped consumer', () => {
  const NIGHT = 2 * HOUR;

  for (const [title, values] of WAYS) {
    it(`given that ${title}, when a table is written at night only and not read, then it is on within the hour, and stays on`, () => {
      const on = minutesOn(alarmWith(values), new Map([[NIGHT, 1]]), new Map());
      expect(on[0]).to.be.within(NIGHT + 30, NIGHT + HOUR);
      expect(on).to.have.lengthOf(DAY - on[0]! + 1);
    });

    it(`given that ${title}, when a busy table is not read, then it is on within the hour, and stays on`, () => {
      const on = minutesOn(alarmWith(values), every(1, 0, DAY), new Map());
      expect(on[0]).to.be.at.most(HOUR);
      expect(on).to.have.lengthOf(DAY - on[0]! + 1);
    });

    it(`given that ${title}, when nothing is written, then it is off`, () => {
      expect(minutesOn(alarmWith(values), new Map(), new Map())).to.deep.equal([]);
    });
  }

  for (const [title, values] of WAYS.filter(([, , isRead]) => isRead)) {
    it(`given that ${title}, when a consumer stops, then it is on an hour later, and off as soon as it reads again`, () => {
      const [stops, goesOn] = [6 * HOUR, 12 * HOUR];
      const read = new Map([...every(1, 0, stops), ...every(1, goesOn, DAY)]);
      const on = minutesOn(alarmWith(values), every(1, 0, DAY), read);
      expect(on[0]).to.be.within(stops + 30, stops + HOUR + 1);
      expect(on.at(-1)).to.be.within(goesOn, goesOn + 1);
      expect(on).to.have.lengthOf(on.at(-1)! - on[0]! + 1);
    });

    it(`given that ${title}, when what was written at night is read in the morning, then it is off again`, () => {
      const on = minutesOn(alarmWith(values), new Map([[NIGHT, 1]]), new Map([[9 * HOUR, 1]]));
      expect(on.at(-1)).to.equal(9 * HOUR);
    });

    it(`given that ${title}, when each write is read within half an hour, then it is never on`, () => {
      const alarm = alarmWith(values);
      const traffic = fc.array(
        fc.record({ minute: fc.integer({ min: 0, max: DAY }), delay: fc.integer({ min: 0, max: 29 }) }),
        { maxLength: 12 },
      );
      fc.assert(
        fc.property(traffic, (writes) => {
          const written = new Map(writes.map(({ minute }) => [minute, 1]));
          const read = new Map(writes.map(({ minute, delay }) => [minute + delay, 1]));
          expect(minutesOn(alarm, written, read)).to.deep.equal([]);
        }),
        { numRuns: 15 },
      );
    });
  }
});

describe('metric math', () => {
  const series = new Map<string, Series>([
    ['metric1', [30, 20, 0, 0]],
    ['metric2', [20, undefined, 20, undefined]],
    ['choice', [1, 1, 0, 0, undefined]],
    ['first', [30, undefined, 0, 0, 30]],
    ['second', [0, 0, 20, undefined, 20]],
  ]);
  // The examples of CloudWatch's documentation first.
  const cases: readonly (readonly [expression: string, expected: Series])[] = [
    ['metric1 < metric2', [0, 0, 1, 0]],
    ['metric1 >= 30', [1, 0, 0, 0]],
    ['metric1 > 15 AND metric2 > 15', [1, 0, 0, 0]],
    ['IF(choice, first, second)', [30, 0, 20, undefined, undefined]],
    ['IF(choice, 5, second)', [5, 5, 20, undefined, undefined]],
    ['IF(choice, first, 5)', [30, 0, 5, 5, undefined]],
    ['IF(choice, first)', [30, 0, undefined, undefined, undefined]],
    ['FILL(metric2, 1) + 2 * (metric1 - 1)', [78, 39, 18, -1]],
    ['metric1 / metric2', [1.5, undefined, 0, undefined]],
    ['DIFF(metric1)', [undefined, -10, -20, 0]],
    ['DIFF(metric2)', [undefined, undefined, 0, undefined]],
    ['metric2 > 15', [1, undefined, 1, undefined]],
  ];
  for (const [expression, expected] of cases)
    it(`given ${expression}, then it is as the documentation says`, () => {
      expect(evaluate(expression, series)).to.deep.equal(expected);
    });

  it('given what is no expression, then it throws', () => {
    for (const bad of [
      'metric1 +',
      'metric1 metric2',
      'missing',
      'AVG(metric1)',
      'FILL(metric1',
      '1 + 1',
      '?',
    ])
      expect(() => evaluate(bad, series), bad).to.throw();
  });
});
