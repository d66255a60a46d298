import type { Container, ContainerModule } from 'inversify';
import type { UnmadeWrite } from '../adapters/memory/memory-effect-log.ts';
import { MemorySearchIndex } from '../adapters/memory/memory-search-index.ts';
import { MemorySearchQueue } from '../adapters/memory/memory-search-queue.ts';
import type { WinstonLoggerOptions } from '../adapters/winston/winston-logger.ts';
import type { PoisonListener } from '../application/poison-listener.ts';
import { DerivedState } from '../application/ports/derived-state.ts';
import type { RetryPolicy } from '../application/retry.ts';
import type { TableDefinition } from '../domain/definition/define-table.ts';
import type { SearchAction } from '../domain/search-action.ts';
import { fleet } from '../fleet/definition.ts';
import { compose, streamWorker } from './composition/container.ts';
import { effectLogModule, memoryModule } from './composition/memory.module.ts';
import { systemModule } from './composition/system.module.ts';
import { definitionModule } from './composition/table-model.ts';
import { handlerOf, type HandlerOfOptions } from './lambda/handler-of.ts';
import type { Poison } from './settings.ts';

/** What a worker in memory derives, and how. */
export interface MemoryWorkerOptions extends Partial<HandlerOfOptions> {
  /** What is derived from the table's rows: the fleet's definition, unless given. */
  readonly definition?: TableDefinition;
  /** What to log, and where: by default from `info` on, to standard output, in lines for people. */
  readonly log?: Partial<WinstonLoggerOptions>;
  /** How often, and after how long, calls of ports are tried again. */
  readonly retries?: RetryPolicy;
  /** Bind more ports, or rebind some of them to other adapters. */
  readonly modules?: readonly ContainerModule[];
  /** Told of every record that can never be handled. It blocks all the same, unless a quarantine is bound. */
  readonly onPoison?: PoisonListener;
  /** What becomes of such records. Unless given, they go to quarantine where there is one, and block otherwise. */
  readonly poison?: Poison | undefined;
  /** Where items are parked, at so many deliveries an effect must have failed for its item to be; never, unless given. */
  readonly parkAfter?: number | undefined;
  /**
   * Told of items for DynamoDB that an effect hands to `once`: they count as written, exactly once, and are not made. Without
   * it such a change fails, as in memory a write is a function.
   */
  readonly onItems?: (write: UnmadeWrite) => void;
}

/** A worker that keeps everything derived, its queue and its table in the memory of this process. */
export interface MemoryWorker {
  /** Handles an event as the Lambda function does; without a context there is no time limit. */
  readonly handler: ReturnType<typeof handlerOf>;
  /** Everything derived, and the rows it is derived from. Documents are there once `drain` was called. */
  readonly state: DerivedState;
  /** Applies the search actions waiting in the queue to the index, as an indexer would, and returns them. */
  readonly drain: () => readonly SearchAction[];
  /** All of its parts. */
  readonly container: Container;
}

/** Creates a worker that keeps everything in the memory of this process. */
export function createMemoryWorker({
  definition = fleet,
  log,
  retries,
  modules = [],
  onPoison,
  poison,
  parkAfter,
  onItems,
  ...options
}: MemoryWorkerOptions = {}): MemoryWorker {
  const logging = { level: 'info', stream: process.stdout, readable: true, ...log } as const;
  const container = compose(
    memoryModule,
    systemModule(logging, { ...(retries && { retries }), onPoison, poison, parkAfter }),
    definitionModule(definition),
    ...(onItems === undefined ? [] : [effectLogModule(onItems)]),
    ...modules,
  );
  const queue = container.get(MemorySearchQueue);
  const index = container.get(MemorySearchIndex);
  return {
    handler: handlerOf(streamWorker(container), {
      failureMode: 'report',
      deadlineMarginMs: 0,
      ...options,
    }),
    state: container.get(DerivedState),
    drain: () => {
      const actions = queue.drain();
      index.apply(actions);
      return actions;
    },
    container,
  };
}
