import { Container, type ContainerModule } from 'inversify';
import { coreModule } from './core.module.ts';

/**
 * Puts a worker together: the use cases, and the modules that bind their ports. A later module may `rebind` what
 * an earlier one bound, so swapping one adapter is one line.
 */
export function compose(...modules: readonly ContainerModule[]): Container {
  // Without `jitless`, Inversify compiles a function a binding: dynamic evaluation, and slower to start.
  const container = new Container({ defaultScope: 'Singleton', jitless: true });
  container.load(coreModule, ...modules);
  return container;
}
