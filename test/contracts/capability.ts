/** What an implementation can do: a test of what it cannot is skipped, with the reason in its title. */
export type Capability = 'yes' | { readonly no: string };

/** Defines a test that only implementations with the capability must pass. */
export function whenAble(capability: Capability, title: string, test: () => Promise<void>): void {
  if (capability === 'yes') it(title, test);
  else it.skip(`${title} (${capability.no})`, test);
}
