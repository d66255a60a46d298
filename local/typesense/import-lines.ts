import type { Collection } from './collection.ts';
import { isRecord, readJson } from './json.ts';

/** Bytes of a body that the server handles at once (src/http_server.h:127). */
export const WINDOW = 196_605;

export interface ImportOptions {
  readonly action: string;
  /** False before 30.2: what a line says of an error may be no JSON. */
  readonly escapesErrors: boolean;
  /** After so many lines the server takes no more. */
  readonly stopsAfter?: number | undefined;
}

/** Why an import stopped, glued to what it had answered by then (src/batched_indexer.cpp:272). */
export const OUT_OF_DISK = '{"message": "Rejecting write: running out of resource type: OUT_OF_DISK"}';

/**
 * Carries out an import, and gives its answer: one line for each that is not empty (src/core_api.cpp:1633-1710).
 *
 * A body that is larger than a window is handled window by window. A character that lies across two of them is lost
 * (src/http_data.h:450-475 drops bytes that are no UTF-8), and the last line of a window that is no complete document is put in
 * front of the next window: also one that is complete and wrong, which swallows the line after it (src/core_api.cpp:1649).
 */
export function importLines(collection: Collection, body: Buffer, options: ImportOptions): string {
  const answers: string[] = [];
  let left = '';
  for (let at = 0; at < body.length; at += WINDOW) {
    const isLast = at + WINDOW >= body.length;
    const text = left + withoutBrokenCharacters(body.subarray(at, at + WINDOW));
    const lines = text.split('\n').filter((line) => line !== '');
    left = isLast || isDocument(lines.at(-1) ?? '{}') ? '' : (lines.pop() ?? '');
    for (const line of lines) {
      if (answers.length === options.stopsAfter) return answers.join('\n') + OUT_OF_DISK;
      answers.push(answerTo(collection, line, options));
    }
  }
  return answers.join('\n');
}

function answerTo(collection: Collection, line: string, { action, escapesErrors }: ImportOptions): string {
  const result = collection.import(line, action);
  if (result === undefined) return '{"success":true}';
  const error = escapesErrors ? JSON.stringify(result.error) : `"${result.error}"`;
  return `{"code":${result.code},"error":${error},"success":false}`;
}

function isDocument(line: string): boolean {
  try {
    return isRecord(readJson(line));
  } catch {
    return false;
  }
}

function withoutBrokenCharacters(window: Buffer): string {
  return window.toString('utf8').replace(/^\ufffd+|\ufffd+$/g, '');
}
