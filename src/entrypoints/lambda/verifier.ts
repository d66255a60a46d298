import { fleet } from '../../fleet/definition.ts';
import { environmentVerifier } from './environment-verifier.ts';

/** The fleet's verifier, which Lambda calls. Built once per instance, from the environment. */
export const handler = environmentVerifier(fleet);
