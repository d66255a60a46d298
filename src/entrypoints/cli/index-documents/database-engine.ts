import type { Container } from 'inversify';
import { SearchIndex } from '../../../application/ports/search-index.ts';
import { Fault } from '../../../domain/fault.ts';
import { PARTS } from '../../composition/postgres.module.ts';
import type { Engine } from './engine.ts';

/** Documents in the database that their queue is in: its tables are made when it is opened, and go with the container. */
export function databaseEngine(container: Container): Engine {
  return {
    index: container.get(SearchIndex),
    check: async () => {
      await container.get(PARTS).get();
    },
    create: async () => [],
    beside: () => {
      throw new Fault('configuration', 'documents in PostgreSQL are filled by contrail backfill');
    },
    close: async () => undefined,
  };
}
