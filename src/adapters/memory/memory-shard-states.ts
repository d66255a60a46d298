import { BookedShardStates } from '../../application/booked-shard-states.ts';

/** How far the shards of streams are handled, in memory: for readers of one process, which begin anew with the next one. */
export class MemoryShardStates extends BookedShardStates {}
