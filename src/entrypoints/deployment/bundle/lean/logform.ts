/** What winston's own files ask of logform: to register colours, for a log that has none. */
export function levels<T>(config: T): T {
  return config;
}
