import { fleet } from '../../fleet/definition.ts';
import { environmentHandler } from './environment-handler.ts';

/** The fleet's function, which Lambda calls. Built once per instance, from the environment. */
export const handler = environmentHandler(fleet);
