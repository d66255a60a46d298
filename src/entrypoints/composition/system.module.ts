import { ContainerModule } from 'inversify';
import { SystemClock } from '../../adapters/system/system-clock.ts';
import { WinstonLogger, type WinstonLoggerOptions } from '../../adapters/winston/winston-logger.ts';
import { Clock } from '../../application/ports/clock.ts';
import { Logger } from '../../application/ports/logger.ts';

/** What the process itself provides: the time, and a place to log to. */
export function systemModule(logging: WinstonLoggerOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(Clock).toResolvedValue(() => new SystemClock(), []);
    bind(Logger).toResolvedValue(() => new WinstonLogger(logging), []);
  });
}
