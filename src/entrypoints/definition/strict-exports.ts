/** What code that is compiled asks of any module, to learn how it was written. */
const ASKED_OF_ALL: readonly unknown[] = ['__esModule', 'default', 'then'];

/**
 * What a module exports, for files whose imports are compiled to members of an object: there, a name that is not exported would be
 * undefined, and fail far from its import.
 */
export function strictExports(name: string, exports: object): Readonly<Record<string, unknown>> {
  // A copy: of a module's own object, no other answers may be given.
  return new Proxy<Record<string, unknown>>(
    { ...exports },
    {
      get(target, member) {
        if (typeof member === 'symbol' || Object.hasOwn(target, member))
          return Reflect.get(target, member) as unknown;
        if (ASKED_OF_ALL.includes(member)) return undefined;
        throw new Error(`${member} is not exported by ${name}`);
      },
    },
  );
}
