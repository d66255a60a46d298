import type { ContainerModule } from 'inversify';
import type { Config } from '../config.ts';
import { awsModule } from './aws.module.ts';
import { memoryModule } from './memory.module.ts';

/** The module that binds the ports of the backend that is configured. */
export function backendModule(backend: Config['backend']): ContainerModule {
  return backend.kind === 'aws' ? awsModule(backend) : memoryModule;
}
