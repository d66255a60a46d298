import type { BatchTimes } from '../measures/batches.ts';
import type { Counts } from '../measures/counts.ts';
import type { Comparison } from '../measures/engine.ts';
import { figure, spread } from '../report/figures.ts';
import { limitsOf } from '../report/limits.ts';
import { goalTable, limitTable, markdownTable } from '../report/markdown.ts';
import type { Figures, Results, Run } from './results.ts';

/** What docs/performance.md says of the worker, by the names of its parts. */
export function workerRegions({ runs, goals, figures }: Results): Readonly<Record<string, string>> {
  return {
    runs: runs.map((run) => runLine(run, runs.length === 1)).join('\n'),
    goals: goalTable(goals),
    limits: limitTable(limitsOf({ goals, figures })),
    waiting: waitingTable(figures.counts),
    requests: requestsTable(figures.counts),
    times: timesTable(figures),
    others: othersOf(figures)
      .map((line) => `- ${line}`)
      .join('\n'),
  };
}

function runLine({ parts, machine, seconds, isSmoke }: Run, isAll: boolean): string {
  const { processor, cores, memoryGiB, system, node, load } = machine;
  const what = isAll ? 'all of it' : parts.map((part) => `\`${part}\``).join(', ');
  return `- ${what}: ${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}; load ${load} just before, ${figure(seconds)} s${isSmoke ? '; A SMOKE RUN, ITS FIGURES ARE MEANINGLESS' : ''}`;
}

function requestsTable(counts: readonly Counts[]): string {
  const subjects = ['Contrail', 'strong, exactly once', 'strong, at least once', 'record by record'] as const;
  return markdownTable(
    ['batch', 'fewest possible', ...subjects],
    counts.map((one) => [
      batchOf(one),
      `${figure(one.leastRequests)}, ${figure(one.leastDollarsPerMillion)}`,
      ...subjects.map((name) => `${figure(one.requests[name])}, ${figure(one.dollarsPerMillion[name])}`),
    ]),
  );
}

function waitingTable(counts: readonly Counts[]): string {
  const subjects = [
    'Contrail',
    'strong, exactly once',
    'strong, at least once',
    'Powertools parallel',
  ] as const;
  return markdownTable(
    ['batch', 'least', ...subjects],
    counts.map((one) => [
      batchOf(one),
      figure(one.leastLatencies),
      ...subjects.map((name) => figure(one.latencies?.[name] ?? NaN)),
    ]),
  );
}

function timesTable({ counts, batches }: Figures): string {
  // Of the usual batch there are several, of which only the middle one is everybody's.
  const middle = batches.find(({ workload }) => workload !== 'mixed')?.latencyMs;
  const peers = ['strong, exactly once', 'strong, at least once', 'Powertools parallel'] as const;
  const micros = ['Contrail', 'strong, exactly once'] as const;
  return markdownTable(
    ['batch', 'least, ms', 'Contrail, ms', ...peers, ...micros.map((name) => `${name}, µs`)],
    batches
      .filter(({ latencyMs }) => latencyMs === middle)
      .map((one) => [
        batchOf(one),
        figure(leastLatenciesOf(counts, one) * one.latencyMs),
        figure((one.records * 1000) / (one.times.Contrail?.recordsPerSecond.median ?? NaN)),
        ...peers.map((name) => ofSubject(one, name, ({ timesAsLong }) => spread(timesAsLong))),
        ...micros.map((name) => ofSubject(one, name, ({ microseconds }) => figure(microseconds.median))),
      ]),
  );
}

type SubjectTimes = NonNullable<BatchTimes['times']['Contrail']>;

function ofSubject(
  { times }: BatchTimes,
  name: keyof BatchTimes['times'],
  value: (one: SubjectTimes) => string,
): string {
  const one = times[name];
  return one === undefined ? '–' : value(one);
}

function leastLatenciesOf(counts: readonly Counts[], { workload, records }: BatchTimes): number {
  return counts.find((one) => one.workload === workload && one.records === records)?.leastLatencies ?? NaN;
}

function batchOf({ workload, records }: Counts | BatchTimes): string {
  return `${workload}, ${figure(records)}`;
}

/** Without a goal; a line for each of what was measured. */
function othersOf({ batches, engine, coldStarts, derivations, local }: Figures): string[] {
  const lines: string[] = [];
  const usual = batches.find(({ times }) => times['the SDK alone'] !== undefined)?.times;
  const [own, sdk] = [usual?.Contrail, usual?.['the SDK alone']];
  if (own && sdk)
    lines.push(
      `A mixed batch takes ${spread(sdk.processorRatio)} times the processor time that **the SDK's clients alone** take to send the same requests, recorded from it:\n  ${figure(own.microseconds.median)} µs per record against ${figure(sdk.microseconds.median)}.`,
    );
  const compared = (subject: string, against: RegExp) =>
    engine.find((one) => one.subject === subject && against.test(one.against));
  const [grown, peerGrown] = [compared('Contrail', /^the same in/), compared('unmarshall', /^the same in/)];
  if (grown && peerGrown) lines.push(grownLine(grown, peerGrown));
  const decode = compared('Contrail', /elasticsearch/);
  if (decode)
    lines.push(
      `Against the decode of \`dynamodb-stream-elasticsearch\`, which decodes one image of each and decides nothing: ${spread(decode.ratio)}.`,
    );
  const [strong, asItIs, byRecord] = coldStarts;
  if (strong && asItIs && byRecord)
    lines.push(
      `A **cold start** takes ${figure(strong.milliseconds.median)} ms until its first effect; the strong worker's handler, with the same cuts, ${figure(strong.peerMilliseconds.median)}, so Contrail ${spread(strong.ratio)} times as long;\n  as it is bundled without them ${spread(asItIs.ratio)}, the record-by-record handler ${spread(byRecord.ratio)}.`,
    );
  const most = derivations.at(-1);
  if (most) {
    const ratio = (key: keyof typeof most.together) => figure(most.together[key] / most.apart[key]);
    lines.push(
      `**${most.count} derivations** of one kind of row, against a worker for each: ${ratio('processorMs')} of the processor time, ${ratio('peakBytes')} of the memory, ${ratio('requests')} of the requests, ${ratio('dollarsPerMillion')} of the dollars.`,
    );
  }
  if (local.length > 0) lines.push(localLine(local));
  return lines;
}

function localLine(local: Figures['local']): string {
  return typeof local === 'string'
    ? `**The model against local servers** was not measured: ${local}.`
    : `**The model against local servers**, how many times as long as Contrail the others take: ${local
        .map(
          ({ peer, timesAsLong, timesAsLongInModel }) =>
            `${peer} ${spread(timesAsLong)} on the servers, ${spread(timesAsLongInModel)} in the model`,
        )
        .join('; ')}.`;
}

function grownLine({ what, ratio }: Comparison, peer: Comparison): string {
  return `Routing, decoding and deciding ${what.replace(/,.*/, '')} takes ${spread(ratio)} times as long per record if they come as one\n  batch instead of batches of 100; \`unmarshall\` ${spread(peer.ratio)} times: it leaves nothing behind, but a batch's changes must\n  live until they are applied, so V8 copies them, twice.`;
}
