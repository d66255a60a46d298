/** How a record is packed that would be too large as JSON. */
export const PACKED = 'gzip+base64';

/** Loaded for the first record that is packed: a cold start can do without it. */
const zlib = () => process.getBuiltinModule('node:zlib');

export function packed(json: string): string {
  return zlib().gzipSync(json).toString('base64');
}

/**
 * The record of a quarantine message, unpacked.
 *
 * @throws Error where the message has none.
 */
export function recordIn(message: Readonly<Record<string, unknown>>): unknown {
  if (Object.hasOwn(message, 'record')) return message['record'];
  const { encoding, payload } = message;
  if (encoding !== PACKED || typeof payload !== 'string')
    throw new Error(`it has neither a record nor a payload in ${PACKED}`);
  return JSON.parse(zlib().gunzipSync(Buffer.from(payload, 'base64')).toString());
}
