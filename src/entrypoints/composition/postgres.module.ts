import { ContainerModule, type ServiceIdentifier } from 'inversify';
import type { PostgresParts, PostgresSettings } from '../../adapters/postgres/open-backend.ts';
import { DerivedRowRepository } from '../../application/ports/derived-row-repository.ts';
import { EffectLog } from '../../application/ports/effect-log.ts';
import { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import { TableGenerations } from '../../application/ports/table-generations.ts';
import { OpenedLater, whenOpened } from './opened-later.ts';

/** The database, once it is opened. */
const PARTS: ServiceIdentifier<OpenedLater<PostgresParts>> = Symbol('PostgresParts');

/**
 * `BACKEND=postgres`: a server of PostgreSQL, or an embedded one. The database is opened, its tables are made, and all that this takes is loaded
 * with the first call: a worker on another backend is no larger for it. Connections are closed with the container.
 */
export function postgresModule(settings: PostgresSettings): ContainerModule {
  return new ContainerModule(({ bind, onDeactivation }) => {
    bind(PARTS).toResolvedValue(
      () =>
        new OpenedLater(
          async () => (await import('../../adapters/postgres/open-backend.ts')).openBackend(settings),
          (parts) => parts.close(),
        ),
      [],
    );
    onDeactivation(PARTS, (parts) => parts.close());

    bind(MatcherRepository).toResolvedValue(
      (parts) =>
        whenOpened(MatcherRepository, async () => (await parts.get()).matcher, { load: true, apply: true }),
      [PARTS],
    );
    bind(DerivedRowRepository).toResolvedValue(
      (parts) =>
        whenOpened(DerivedRowRepository, async () => (await parts.get()).derivedRows, {
          load: true,
          apply: true,
        }),
      [PARTS],
    );
    bind(EffectLog).toResolvedValue(
      (parts) =>
        whenOpened(EffectLog, async () => (await parts.get()).effects, { load: true, advance: true }),
      [PARTS],
    );
    bind(TableGenerations).toResolvedValue(
      (parts) =>
        whenOpened(TableGenerations, async () => (await parts.get()).generations, {
          generationOf: true,
          adopt: true,
        }),
      [PARTS],
    );
  });
}
