/** What a metric is measured in. */
export type MetricUnit = 'Count' | 'Milliseconds';

/**
 * Every metric that a batch is described by. Counts add up within a batch; a count that stays 0 may be left out,
 * except for `ALWAYS_PUBLISHED`.
 */
export const METRICS = {
  RecordsApplied: ['Count', 'records whose effects were carried out'],
  RecordsIgnored: ['Count', 'records of rows that nothing is derived from'],
  RecordsDuplicate: ['Count', 'records that appear twice in their batch'],
  RecordsFailed: ['Count', 'records that failed themselves, and will be delivered again'],
  RecordsHeldBack: ['Count', 'records that wait because an earlier change of their item failed'],
  RecordsQuarantined: ['Count', 'records that can never be handled, kept in quarantine'],
  RecordsParked: ['Count', 'records that wait, acknowledged, because their item is parked'],
  ParkedItems: [
    'Count',
    'items that are parked when the batch begins; above a hundred, it says a hundred or more',
  ],
  OldestParkedAge: ['Milliseconds', 'how long ago the one was parked that has been so for longest'],
  SearchUpserts: ['Count', 'upserts put on the search queue'],
  SearchDeletes: ['Count', 'deletes put on the search queue'],
  SearchUnchanged: ['Count', 'changes that touched nothing a search document holds'],
  SearchRepeated: [
    'Count',
    'actions not sent again because the queue accepted them when the batch was tried before',
  ],
  DefaultImagesCreated: ['Count', 'default rows created'],
  DefaultImagesSwitched: ['Count', 'default rows pointed at another image because theirs was gone'],
  DefaultImagesRepaired: ['Count', 'default rows rewritten to repeat their image'],
  DefaultImagesRemoved: ['Count', 'default rows removed because no image was left'],
  DefaultImagesKept: ['Count', 'default rows that were right'],
  MatcherIncremented: ['Count', 'link rows newly counted'],
  MatcherDecremented: ['Count', 'link rows no longer counted'],
  MatcherMoved: ['Count', 'link rows counted under another tuple'],
  MatcherUnchanged: ['Count', 'link rows whose tuple stayed the same'],
  MatcherRepeated: ['Count', 'link rows already counted for this same change'],
  MatcherLate: ['Count', 'link rows already counted for a newer change'],
  RowsDerived: ['Count', 'rows from which other rows were derived'],
  RowsRemoved: ['Count', 'rows from which nothing is derived any more'],
  RowsRepeated: ['Count', 'rows whose derived rows were written for this same change already'],
  RowsLate: ['Count', 'rows whose derived rows were written for a newer change already'],
  EffectsRun: ['Count', 'changes for which an effect ran'],
  EffectsSkipped: ['Count', 'changes for which an effect said that it had nothing to do'],
  EffectsRepeated: ['Count', 'changes for which, or for a newer one of their row, an effect had run already'],
  DocumentsWritten: ['Count', 'documents written to the search index'],
  DocumentsDeleted: ['Count', 'documents deleted from the search index'],
  DocumentsRepaired: [
    'Count',
    'documents written again as their rows are, because an older state might stand over them',
  ],
  DocumentsUnrepaired: [
    'Count',
    'documents that ought to have been, but whose messages do not say which row they are of',
  ],
  ActionsSuperseded: ['Count', 'search actions that were not carried out: a newer one came with them'],
  ActionsLate: ['Count', 'search actions whose document was as new already, or newer'],
  ActionsRefused: ['Count', 'search actions that can never be carried out, given back to their queue'],
  ActionsFailed: ['Count', 'search actions to be tried again'],
  OldestActionAge: ['Milliseconds', 'how long ago the oldest search action of the batch was sent'],
  BackPressurePauses: [
    'Count',
    'pauses because the search engine asked for them, or could not be written to',
  ],
  Verifications: ['Count', 'comparisons of all that is derived with the rows that came to their end'],
  Drift: ['Count', 'derived items that were found not to be as the rows say'],
  Undecided: ['Count', 'derived items of which that could not be told, and rows that the definition refuses'],
  Retries: ['Count', 'effects tried again after a transient fault'],
  Conflicts: ['Count', 'effects decided again because another writer got in between'],
  BatchRecords: ['Count', 'records in the batch'],
  BatchDuration: ['Milliseconds', 'from the first record to the last outcome'],
  NewestChangeAge: ['Milliseconds', 'how long ago the newest change of the batch was made'],
  OldestChangeAge: ['Milliseconds', 'how long ago the oldest change of the batch was made'],
  RecordsHandled: ['Count', 'records of the stream that a reader has handled since it last said so'],
  ReaderLag: [
    'Milliseconds',
    'how old the change is that a reader handles next, in the shard where that is longest',
  ],
  StreamThrottles: ['Count', 'requests of a reader that the stream refused because there were too many'],
  OpenGaps: ['Count', 'gaps of the stream that nobody has closed, whichever reader noted them'],
  LeasesHeld: ['Count', 'shards that a reader reads, by the lease that it holds'],
} as const satisfies Record<string, readonly [MetricUnit, string]>;

/**
 * What each effect counts by itself, as the metric `<effect>:<heading>`: each change under one heading but for `retry`. All are
 * counts.
 */
export const EFFECT_HEADINGS = {
  processed: 'changes for which it ran',
  skip: 'changes for which it said that it had nothing to do',
  duplicate: 'changes for which, or for a newer one of their row, it had run already',
  retry: 'changes for which it was tried once more',
  dead_letter: 'changes for which it failed itself: at every attempt, for good, or out of time',
} as const;

/** What an effect's metrics are called after its name. */
export type EffectHeading = keyof typeof EFFECT_HEADINGS;

/** What a metric is called, in CloudWatch too; of an effect, `<effect>:<heading>`. */
export type MetricName = keyof typeof METRICS | `${string}:${EffectHeading}`;

export function unitOf(name: MetricName): MetricUnit {
  return isOfEffect(name) ? 'Count' : METRICS[name][0];
}

/** No other metric has such a name. */
function isOfEffect(name: MetricName): name is `${string}:${EffectHeading}` {
  return name.includes(':');
}

/** Counts of what there is, and not of what happened: published whenever they are known, also as 0. */
export const GAUGES: ReadonlySet<MetricName> = new Set<MetricName>(['ParkedItems']);

/**
 * What a worker publishes with every batch, an indexer, a reader each time, and a comparison at its end, also as 0. Alarms watch these: without a value they could not tell a
 * quiet function from one that is not there.
 */
export const ALWAYS_PUBLISHED = {
  worker: ['RecordsApplied', 'RecordsFailed', 'RecordsQuarantined', 'MatcherLate', 'BatchRecords'],
  indexer: ['DocumentsWritten', 'ActionsRefused', 'ActionsFailed'],
  reader: ['RecordsHandled', 'StreamThrottles', 'OpenGaps', 'LeasesHeld'],
  verify: ['Verifications', 'Drift', 'Undecided'],
} as const satisfies Record<string, readonly MetricName[]>;

/** Figures about the worker's work, batch by batch. */
export abstract class Metrics {
  /** Adds to a metric of the present batch. */
  abstract add(name: MetricName, value: number): void;

  /** Counts requests to a service, by its operation (`SendMessageBatch`): as the metric `<operation>Requests`. */
  abstract request(operation: string): void;

  /** Ends the batch: its figures go out together. */
  abstract flush(): void;
}
