import { Fault } from '../../../domain/fault.ts';

/** Caught where it is imported, so that who bundles a function without PostgreSQL is not told that a package is missing. */
export function notInstalled(name: string): (error: unknown) => never {
  return (error) => {
    throw new Fault('configuration', `the package ${name} cannot be loaded: run npm install ${name}`, {
      cause: error,
    });
  };
}
