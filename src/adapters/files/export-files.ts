/** The files that DynamoDB has exported a table to, wherever they are. Paths have `/` between their parts, whatever the system says. */
export interface ExportFiles {
  /** Where they are, for messages: `what` is a path. */
  readonly nameOf: (path: string) => string;
  /** The names of the folders in a folder; the uppermost one is `''`. None where there is no such folder. */
  readonly folders: (path: string, signal?: AbortSignal) => Promise<readonly string[]>;
  /** @returns undefined where there is no such file. */
  readonly small: (path: string, signal?: AbortSignal) => Promise<Buffer | undefined>;
  /** A file's bytes from its beginning. @throws Fault `configuration` where there is no such file. */
  readonly bytes: (path: string, signal?: AbortSignal) => AsyncIterable<Uint8Array>;
}
