import type { ContainerModule } from 'inversify';
import type { Backend } from '../config.ts';
import { awsModule } from './aws.module.ts';
import { memoryModule } from './memory.module.ts';
import { postgresModule } from './postgres.module.ts';

/** The module that binds the ports of the configured backend. */
export function backendModule(backend: Backend): ContainerModule {
  switch (backend.kind) {
    case 'aws':
      return awsModule(backend);
    case 'memory':
      return memoryModule;
    case 'postgres':
      return postgresModule(backend, { ...backend.metrics, stream: process.stdout });
  }
}
