/** The entity of states of rows that are counted. */
export const COUNT_STATE = 'count-state';

/** The entity of records of commits, which states of rows that are counted may name. */
export const COMMIT_RECORD = 'commit-record';

/** The entity of states of rows from which rows are derived. */
export const ROWS_STATE = 'rows-state';

/** The entity of states of rows that effects have run for. */
export const EFFECT_STATE = 'effect-state';

/** The entity of fences of documents. */
export const SEARCH_FENCE = 'search-fence';

/** The entity of shards that are read. */
export const SHARD_STATE = 'shard-state';

/** The entity of what was lost of streams. */
export const STREAM_GAP = 'stream-gap';

/** The entity of notes of commands that take long. */
export const NOTE = 'note';

/** The entity of items that are parked, or of which failures are counted. */
export const PARKED_ITEM = 'parked-item';

/** The entity of changes of parked items. */
export const KEPT_CHANGE = 'kept-change';
