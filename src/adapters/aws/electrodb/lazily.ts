/** Makes a value when it is first asked for: a cold start can do without ElectroDB's milliseconds. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
