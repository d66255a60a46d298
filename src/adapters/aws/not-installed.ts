import { Fault } from '../../domain/fault.ts';

/** Caught where a package is imported that only some commands use, and that users install then. */
export function notInstalled(name: string): (error: unknown) => never {
  return (error) => {
    throw new Fault('configuration', `the package ${name} cannot be loaded: run npm install ${name}`, {
      cause: error,
    });
  };
}
