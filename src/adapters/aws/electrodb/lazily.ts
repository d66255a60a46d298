/** Makes a value when it is first asked for: entities take ElectroDB milliseconds that a cold start can do without. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
