import { Fault } from '../../../../domain/fault.ts';

/*
 * In place of what BACKEND=postgres loads with its first call: a function on AWS keeps what is derived in DynamoDB, and would carry both
 * backends. One that is to use a database is bundled with esbuild as it is, and `pg` beside it.
 */
export { refuse as openBackend, refuse as inGenerations };

function refuse(): Promise<never> {
  return Promise.reject(
    new Fault(
      'configuration',
      'this bundle has nothing of BACKEND=postgres in it: unset BACKEND, or bundle the handler without contrail build, and with the package pg',
    ),
  );
}
