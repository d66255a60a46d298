import type { Implementations } from '../contract.ts';
import type { Harness as DerivedListing } from '../derived-listing/harness.ts';
import type { Harness as DerivedRows, RowsCapability } from '../derived-row-repository/harness.ts';
import type { Harness as DerivedState } from '../derived-state.ts';
import type { Harness as EffectLog } from '../effect-log/harness.ts';
import type { GivenUpCapability, Harness as GivenUp } from '../given-up.ts';
import type { Harness as Images, ImageCapability } from '../image-repository/harness.ts';
import type { Harness as Matcher } from '../matcher-repository/harness.ts';
import type { Harness as Metrics } from '../metrics.ts';
import type { Harness as Notes } from '../notes.ts';
import type { Harness as ParkedItems } from '../parked-items.ts';
import type { Harness as Quarantine } from '../quarantine.ts';
import type { Harness as SearchActionSource, SourceCapability } from '../search-action-source.ts';
import type { Harness as SearchBacklog } from '../search-backlog.ts';
import type { Harness as SearchFences } from '../search-fences.ts';
import type { Harness as SearchIndex, IndexCapability } from '../search-index/harness.ts';
import type { Harness as SearchQueue, QueueCapability } from '../search-queue.ts';
import type { Harness as ShardStates, StatesCapability } from '../shard-states.ts';
import type { Harness as SourceRows, RowsCapability as SourceRowsCapability } from '../source-rows.ts';
import type { Harness as StreamSource, SourceCapability as StreamCapability } from '../stream-source.ts';
import type { Harness as TableGenerations } from '../table-generations.ts';
import type { Harness as TableReplica } from '../table-replica/harness.ts';
import type { Harness as TableScan } from '../table-scan.ts';

/** What a backend has for each port. */
export interface Backend {
  readonly imageRepository: Implementations<Images, ImageCapability>;
  readonly matcherRepository: Implementations<Matcher, 'nulCharacters'>;
  readonly derivedRowRepository: Implementations<DerivedRows, RowsCapability>;
  readonly derivedListing: Implementations<DerivedListing>;
  readonly effectLog: Implementations<EffectLog>;
  readonly searchQueue: Implementations<SearchQueue, QueueCapability>;
  readonly searchActionSource: Implementations<SearchActionSource, SourceCapability>;
  readonly searchBacklog: Implementations<SearchBacklog>;
  readonly searchFences: Implementations<SearchFences>;
  readonly sourceRows: Implementations<SourceRows, SourceRowsCapability>;
  readonly searchIndex: Implementations<SearchIndex, IndexCapability>;
  readonly shardStates: Implementations<ShardStates, StatesCapability>;
  readonly streamSource: Implementations<StreamSource, StreamCapability>;
  readonly tableGenerations: Implementations<TableGenerations, 'unnamed'>;
  readonly tableReplica: Implementations<TableReplica, 'nulCharacters'>;
  readonly tableScan: Implementations<TableScan>;
  readonly notes: Implementations<Notes>;
  /** With the changes of them. */
  readonly parkedItems: Implementations<ParkedItems>;
  readonly derivedState: Implementations<DerivedState>;
  readonly quarantine: Implementations<Quarantine>;
  readonly givenUpMessages: Implementations<GivenUp, GivenUpCapability>;
  readonly metrics: Implementations<Metrics>;
}
