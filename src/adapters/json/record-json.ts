import { Fault } from '../../domain/fault.ts';

/**
 * A record as JSON: bytes as base64 and times in ISO 8601, where it has such.
 *
 * @param doing what becomes of it then, in words: `quarantined`.
 * @throws Fault `permanent` when it cannot be written as JSON: it is nested too deeply, contains itself, or holds what JSON does not know.
 */
export function recordJson(raw: unknown, name: string, doing: string): string {
  let json: string | undefined;
  let cause: unknown;
  try {
    // Undefined for what JSON does not know at all, whatever its type says.
    json = JSON.stringify(raw, bytesAsBase64);
  } catch (error) {
    cause = error;
  }
  if (json !== undefined) return json;
  const [why] = (cause instanceof Error ? cause.message : `it is ${typeof raw}`).split('\n');
  throw new Fault('permanent', `${name} cannot be ${doing} because it cannot be written as JSON: ${why}`, {
    cause,
    reason: `records cannot be written as JSON: ${why}`,
  });
}

/** The SDK's stream client gives bytes where Lambda gives base64. A Buffer's own JSON is a list of numbers. */
function bytesAsBase64(this: unknown, key: string, value: unknown): unknown {
  const held = (this as Readonly<Record<string, unknown>>)[key];
  return held instanceof Uint8Array ? Buffer.from(held).toString('base64') : value;
}
