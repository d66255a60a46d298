import { Fault } from '../../../../domain/fault.ts';

/*
 * In place of the module of BACKEND=postgres: a function on AWS keeps what is derived in DynamoDB, and would carry both backends. One that is to use
 * a database is bundled with esbuild as it is, and has `pg` beside it.
 */
export function postgresModule(): never {
  throw new Fault(
    'configuration',
    'this bundle has nothing of BACKEND=postgres in it: unset BACKEND, or bundle the handler without contrail build, with the package pg beside it',
  );
}
