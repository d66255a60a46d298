import { fleet } from '../../fleet/definition.ts';
import { environmentIndexer } from './environment-indexer.ts';

/** The fleet's indexer, which Lambda calls. Built once per instance, from the environment. */
export const handler = environmentIndexer(fleet);
