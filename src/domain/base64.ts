/** Bytes as base64, as DynamoDB's JSON has them. */
export function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Bytes as base64url without padding: one text per bytes, of letters, digits, - and _. */
export function base64url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

const BASE64URL = /^(?:[\w-]{4})*(?:[\w-]{2,3})?$/;

/** The bytes of a text in base64url without padding; undefined where it is none. */
export function bytesIn(text: string): Uint8Array | undefined {
  if (!BASE64URL.test(text)) return undefined;
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (byte) => byte.charCodeAt(0));
}
