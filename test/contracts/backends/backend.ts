import type { Implementation } from '../contract.ts';
import type { Harness as DerivedState } from '../derived-state.ts';
import type { Harness as Images, ImageCapability } from '../image-repository/harness.ts';
import type { Harness as Matcher } from '../matcher-repository/harness.ts';
import type { Harness as Metrics } from '../metrics.ts';
import type { Harness as Quarantine } from '../quarantine.ts';
import type { Harness as SearchQueue, QueueCapability } from '../search-queue.ts';
import type { Harness as TableGenerations } from '../table-generations.ts';
import type { Harness as TableReplica } from '../table-replica/harness.ts';

/** What a backend has for each port: none, where it needs none. */
export interface Backend {
  readonly imageRepository: readonly Implementation<Images, ImageCapability>[];
  readonly matcherRepository: readonly Implementation<Matcher, 'nulCharacters'>[];
  readonly searchQueue: readonly Implementation<SearchQueue, QueueCapability>[];
  readonly tableGenerations: readonly Implementation<TableGenerations, 'unnamed'>[];
  readonly tableReplica: readonly Implementation<TableReplica, 'nulCharacters'>[];
  readonly derivedState: readonly Implementation<DerivedState>[];
  readonly quarantine: readonly Implementation<Quarantine>[];
  readonly metrics: readonly Implementation<Metrics>[];
}
