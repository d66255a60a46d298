/** How serious a line of the log is, the most serious first. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** What goes with a message. Nothing secret, and no row's content. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The worker's log. */
export abstract class Logger {
  /** Whether a level is written at all: ask before building fields that cost something. */
  abstract enabled(level: LogLevel): boolean;

  /** Writes one line. An `error` field is written with its stack and its causes. */
  abstract log(level: LogLevel, message: string, fields: LogFields): void;
}
