import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmFacts, TopicFacts } from '../../../application/doctor/facts.ts';
import { abortableBy, TIMEOUTS } from '../clients.ts';
import { notInstalled } from '../not-installed.ts';
import { answered } from './answered.ts';

/**
 * The alarms that watch something.
 *
 * @param watched names of functions and queues, and ids of mappings: values of a metric's dimensions.
 */
export async function alarmsOf(
  watched: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<readonly AlarmFacts[]> {
  const name = '@aws-sdk/client-cloudwatch';
  const { CloudWatchClient, DescribeAlarmsCommand } = await import('@aws-sdk/client-cloudwatch').catch(
    notInstalled(name),
  );
  const client = new CloudWatchClient({ requestHandler: TIMEOUTS });
  try {
    return await answered({ resource: 'the alarms of CloudWatch', variable: 'AWS_REGION' }, async () => {
      const alarms: AlarmFacts[] = [];
      let token: string | undefined;
      do {
        const { MetricAlarms = [], NextToken } = await client.send(
          new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm'], MaxRecords: 100, NextToken: token }),
          abortableBy(signal),
        );
        alarms.push(...MetricAlarms.flatMap((alarm) => alarmFactsOf(alarm, watched)));
        token = NextToken || undefined;
      } while (token !== undefined);
      return alarms;
    });
  } finally {
    client.destroy();
  }
}

/** What an alarm is, if it watches something of these. */
export function alarmFactsOf(alarm: MetricAlarm, watched: ReadonlySet<string>): readonly AlarmFacts[] {
  const metrics = [alarm, ...(alarm.Metrics ?? []).map(({ MetricStat }) => MetricStat?.Metric)];
  const watches = metrics.flatMap((metric) =>
    (metric?.Dimensions ?? []).flatMap(({ Value }) =>
      Value !== undefined && watched.has(Value) ? [`${metric?.MetricName ?? '?'} of ${Value}`] : [],
    ),
  );
  if (watches.length === 0) return [];
  return [
    {
      name: alarm.AlarmName ?? '',
      state: alarm.StateValue ?? 'unknown',
      reason: alarm.StateReason ?? 'no reason is given',
      actions: alarm.ActionsEnabled === true ? (alarm.AlarmActions ?? []) : [],
      watches,
    },
  ];
}

/** Topics of SNS, and how many are told by each. */
export async function topicsOf(
  arns: readonly string[],
  signal?: AbortSignal,
): Promise<readonly TopicFacts[]> {
  if (arns.length === 0) return [];
  const { SNSClient, GetTopicAttributesCommand } = await import('@aws-sdk/client-sns').catch(
    notInstalled('@aws-sdk/client-sns'),
  );
  const client = new SNSClient({ requestHandler: TIMEOUTS });
  try {
    return await Promise.all(
      arns.map((arn) =>
        answered({ resource: `topic ${arn}`, variable: 'AWS_REGION' }, async () => {
          const command = new GetTopicAttributesCommand({ TopicArn: arn });
          const { Attributes } = await client.send(command, abortableBy(signal));
          return {
            arn,
            confirmed: Number(Attributes?.['SubscriptionsConfirmed'] ?? 0),
            pending: Number(Attributes?.['SubscriptionsPending'] ?? 0),
          };
        }),
      ),
    );
  } finally {
    client.destroy();
  }
}
