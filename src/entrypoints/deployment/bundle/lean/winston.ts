import combine from 'logform/combine.js';
import json from 'logform/json.js';
import printf from 'logform/printf.js';
import timestamp from 'logform/timestamp.js';
import create from 'winston/lib/winston/create-logger.js';
import Stream from 'winston/lib/winston/transports/stream.js';

/** What the logger needs of winston, without its other transports, its default logger and its colours. */
export const format = { combine, json, printf, timestamp };
export const transports = { Stream };
export const createLogger = create;
