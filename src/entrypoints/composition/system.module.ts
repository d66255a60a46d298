import { ContainerModule } from 'inversify';
import { SystemClock, SystemRandom, SystemSleeper } from '../../adapters/system/system.ts';
import { WinstonLogger, type WinstonLoggerOptions } from '../../adapters/winston/winston-logger.ts';
import { Clock } from '../../application/ports/clock.ts';
import { Logger } from '../../application/ports/logger.ts';
import { Random } from '../../application/ports/random.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import { Fault } from '../../domain/fault.ts';
import { kindOf } from '../../domain/plain-value.ts';
import { invocationFields } from '../invocation.ts';
import { DEFAULT_SETTINGS, type Settings } from '../settings.ts';
import { POISON_LISTENER, POISON_SETTINGS, QUARANTINE_MAX_SHARE, RETRY_POLICY } from './core.module.ts';

/** What the process itself provides: time, waiting, randomness and a log; and its settings. */
export function systemModule(
  logging: WinstonLoggerOptions,
  settings: Partial<Settings> = {},
): ContainerModule {
  const { retries, quarantineMaxShare, onPoison, poison, parkAfter } = { ...DEFAULT_SETTINGS, ...settings };
  if (onPoison !== undefined && typeof (onPoison as unknown) !== 'function')
    throw new Fault('configuration', `onPoison must be a function, and is ${kindOf(onPoison)}`);
  return new ContainerModule(({ bind }) => {
    bind(Clock).toResolvedValue(() => new SystemClock(), []);
    bind(Sleeper).toResolvedValue(() => new SystemSleeper(), []);
    bind(Random).toResolvedValue(() => new SystemRandom(), []);
    bind(Logger).toResolvedValue(() => new WinstonLogger({ fields: invocationFields, ...logging }), []);
    bind(RETRY_POLICY).toConstantValue(retries);
    bind(QUARANTINE_MAX_SHARE).toConstantValue(quarantineMaxShare);
    bind(POISON_SETTINGS).toConstantValue({ poison, parkAfter });
    if (onPoison !== undefined) bind(POISON_LISTENER).toConstantValue(onPoison);
  });
}
