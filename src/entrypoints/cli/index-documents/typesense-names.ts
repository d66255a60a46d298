/*
 * What collections are called, to which the aliases lead that a definition names.
 */

/** The one that is made where there is none. */
export function firstName(alias: string): string {
  return `${alias}-first`;
}

/** @param stamp 17 digits: the time. */
export function nameOfRebuilt(alias: string, stamp: string): string {
  return `${alias}-${stamp}`;
}

/** Whether a collection was made for an alias. */
export function isMadeFor(alias: string, name: string): boolean {
  return name.startsWith(`${alias}-`) && /^(?:first|\d{17})$/.test(name.slice(alias.length + 1));
}
