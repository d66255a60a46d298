import { base64url } from '../../domain/base64.ts';
import { isObject } from '../../domain/json.ts';
import { canonicalKeyText, type KeyType } from '../../domain/key-value.ts';
import { bytesOf } from './attribute-value.ts';
import { textOf } from './json-fields.ts';

/** The text of a key's attribute value, as `ItemKey` has it; undefined where it is none of the type. */
export function keyText(value: unknown, type: KeyType): string | undefined {
  if (!isObject(value)) return undefined;
  const content = value[type];
  if (type === 'S') return textOf(content);
  if (type === 'N') return typeof content === 'string' ? canonicalKeyText(content, type) : undefined;
  const bytes = bytesOf(content);
  return bytes && base64url(bytes);
}
