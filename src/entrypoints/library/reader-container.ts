import { Container, ContainerModule } from 'inversify';
import { SystemMonotonicClock } from '../../adapters/system/system.ts';
import { MonotonicClock } from '../../application/ports/monotonic-clock.ts';
import { ShardStates } from '../../application/ports/shard-states.ts';
import { systemModule } from '../composition/system.module.ts';
import type { ReaderOptions } from './reader-options.ts';

/** What a reader needs of the process. */
export function readerContainer(
  states: ShardStates,
  { log, modules = [] }: Pick<ReaderOptions, 'log' | 'modules'>,
): Container {
  const { stderr } = process;
  const own = new ContainerModule(({ bind }) => {
    bind(ShardStates).toConstantValue(states);
    bind(MonotonicClock).toResolvedValue(() => new SystemMonotonicClock(), []);
  });
  const container = new Container({ defaultScope: 'Singleton', jitless: true });
  const logging = { level: 'warn', stream: stderr, readable: stderr.isTTY, ...log } as const;
  container.load(systemModule(logging), own, ...modules);
  return container;
}
