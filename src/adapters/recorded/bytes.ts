/** What a byte means in JSON outside a string. The numbers are small, so that they compare fast. */
export const BLANK = 0;
export const ORDINARY = 1;
export const QUOTE = 2;
export const COMMA = 3;
export const COLON = 4;
export const LINE_END = 5;
export const OPEN_LIST = 6;
export const OPEN_OBJECT = 7;
export const CLOSE_LIST = 8;
export const CLOSE_OBJECT = 9;
/** Added to a closing bracket's meaning, this gives that of the bracket it closes. */
export const CLOSE_TO_OPEN = -2;

export const NEWLINE = 0x0a;
export const BACKSLASH = 0x5c;

/** Each byte's meaning outside a string. */
export const ROLES = table(ORDINARY, [
  [' \t\r', BLANK],
  ['\n', LINE_END],
  ['"', QUOTE],
  [',', COMMA],
  [':', COLON],
  ['[', OPEN_LIST],
  ['{', OPEN_OBJECT],
  [']', CLOSE_LIST],
  ['}', CLOSE_OBJECT],
]);

/** The bytes at which running through a string stops: its end, an escape, and the line end that may not be in it. */
export const STRING_STOPS = table(0, [['"\\\n', 1]]);

function table(usual: number, others: readonly (readonly [string, number])[]): Uint8Array {
  const result = new Uint8Array(256).fill(usual);
  for (const [characters, value] of others) {
    for (const character of characters) result[character.charCodeAt(0)] = value;
  }
  return result;
}
