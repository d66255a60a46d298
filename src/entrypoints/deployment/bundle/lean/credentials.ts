import { fromEnv } from '@aws-sdk/credential-provider-env';

/** Lambda hands a function its credentials in the environment, for as long as the instance lives. */
export const defaultProvider: typeof fromEnv = fromEnv;
