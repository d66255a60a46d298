import type { ShardStates } from '../../application/ports/shard-states.ts';
import type { StreamSource } from '../../application/ports/stream-source.ts';
import type { HandleRecords } from '../../application/read-stream/handle-records.ts';
import type { ReadStreamOptions } from '../../application/read-stream/options.ts';

/** How the reader of one process is made wrong: by what it sees, or what is done of what it asks for. */
export interface ReaderParts {
  source(source: StreamSource): StreamSource;
  states(states: ShardStates): ShardStates;
  handle(handle: HandleRecords): HandleRecords;
  options(options: Partial<ReadStreamOptions>): Partial<ReadStreamOptions>;
}

/** The reader as it is. */
export const FAITHFUL_READER: ReaderParts = {
  source: (source) => source,
  states: (states) => states,
  handle: (handle) => handle,
  options: (options) => options,
};
