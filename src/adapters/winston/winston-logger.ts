import { Stream, Writable } from 'node:stream';
import { createLogger, format, type Logger as WinstonClient, transports } from 'winston';
import { type LogFields, Logger, type LogLevel } from '../../application/ports/logger.ts';

/** What takes the lines of a log. */
export interface LineSink {
  write(line: string): unknown;
}

export interface WinstonLoggerOptions {
  readonly level: LogLevel | 'silent';
  /** Where lines go: a stream, or anything that takes them, one with its end at a time. */
  readonly stream: LineSink;
  /** Text for people instead of JSON lines. */
  readonly readable: boolean;
  /** What each line says besides, as it is when the line is written. */
  readonly fields?: () => LogFields;
}

/** Logs through winston: one JSON object a line, or on a terminal one readable line. */
export class WinstonLogger extends Logger {
  readonly #client: WinstonClient;
  readonly #fields: () => LogFields;

  constructor({ level, stream, readable, fields = () => ({}) }: WinstonLoggerOptions) {
    super();
    this.#fields = fields;
    this.#client = createLogger({
      level: level === 'silent' ? 'error' : level,
      silent: level === 'silent',
      format: format.combine(format.timestamp(), readable ? format.printf(readableLine) : format.json()),
      transports: [new transports.Stream({ stream: streamOf(stream) })],
    });
  }

  override enabled(level: LogLevel): boolean {
    return !this.#client.silent && this.#client.isLevelEnabled(level);
  }

  override log(level: LogLevel, message: string, fields: LogFields): void {
    if (!this.enabled(level)) return;
    const { error, ...others } = fields;
    this.#client.log({
      level,
      message,
      ...others,
      ...this.#fields(),
      ...(error === undefined ? {} : { error: describeError(error) }),
    });
  }
}

/** winston takes no other than streams. */
function streamOf(sink: LineSink): NodeJS.WritableStream {
  if (sink instanceof Stream) return sink as Stream & NodeJS.WritableStream;
  return new Writable({
    decodeStrings: false,
    write: (line: string, _encoding, written) => {
      sink.write(line);
      written();
    },
  });
}

interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly cause?: unknown;
}

/** An error as data: its stack, and the errors that caused it. Nothing else that a client may have hung on it. */
function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { name: typeof error, message: String(error) };
  const { name, message, stack, cause } = error;
  return {
    name,
    message,
    stack,
    ...(cause === undefined || depth >= 5 ? {} : { cause: describeError(cause, depth + 1) }),
  };
}

function readableLine({ timestamp, level, message, error, ...fields }: Record<string, unknown>): string {
  const details = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const stack =
    error === undefined ? '' : `\n${(error as DescribedError).stack ?? (error as DescribedError).message}`;
  return `${String(timestamp)} ${String(level).padEnd(5)} ${String(message)} ${details.join(' ')}${stack}`;
}
