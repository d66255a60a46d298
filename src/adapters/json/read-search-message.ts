import type { Fault } from '../../domain/fault.ts';
import { isTooDeep, notAnAction, searchActionIn } from '../../domain/read-search-message.ts';
import type { SearchAction } from '../../domain/search-action.ts';
import type { DocumentFields } from '../../domain/search-document.ts';
import { readJson } from './read-json.ts';

/**
 * The search action that the text of a message is: the opposite of `messageText`. Numbers have every digit.
 *
 * @param name what to call the message in the Fault.
 * @returns otherwise a Fault `permanent` that says what is wrong, and nothing of what the message says.
 */
export function readSearchMessage(text: string, name = 'the message'): SearchAction | Fault {
  try {
    return usualUpsert(text) ?? searchActionIn(readJson(text), name);
  } catch {
    // What is thrown cites the message. A RangeError is of one that is nested too deeply even to be read.
    return notAnAction('it is no JSON', name);
  }
}

/** A string that is what stands between its quotes. */
const PLAIN = String.raw`"([^"\\\0-\x1f]*)"`;
const NOT_EMPTY = PLAIN.replace('*', '+');

/** An upsert up to its document, as `messageText` writes nearly all of them: nothing in it is escaped. */
const HEAD = new RegExp(
  [
    String.raw`^\{"action":"upsert","collection":${NOT_EMPTY},"id":${NOT_EMPTY},`,
    String.raw`"version":\{"generation":(0|[1-9]\d{0,14}),"epoch":${PLAIN},"sequence":"(\d+)"\},`,
    String.raw`"identity":\{"stream":${PLAIN},"sequence":${PLAIN}\},`,
    String.raw`"row":\{"partition":${PLAIN}(?:,"sort":${PLAIN})?\},"document":(?=\{)`,
  ].join(''),
);

/**
 * The action of a message that begins so, and of which all that follows is its document: it takes half the time of reading the
 * whole as JSON and looking at each member. Undefined where it has to be read so.
 */
function usualUpsert(text: string): SearchAction | undefined {
  const head = HEAD.exec(text);
  if (head === null || !text.endsWith('}')) return undefined;
  const [before, collection = '', id = '', generation, epoch = '', sequence = '', ...others] = head;
  const [stream = '', place = '', partition = '', sort] = others;
  const json = text.slice(before.length, -1);
  const document = objectIn(json);
  // Whoever reads the whole says what is wrong.
  if (document === undefined || isTooDeep(document)) return undefined;
  return {
    key: { collection, id },
    version: { generation: Number(generation), epoch, sequence },
    identity: { stream, sequence: place },
    document,
    // Controls occur between values only.
    ...(!json.includes('\n') && { json }),
    row: { partition, sort },
  };
}

/** @param text that begins as an object does. */
function objectIn(text: string): DocumentFields | undefined {
  try {
    return readJson(text) as DocumentFields;
  } catch {
    return undefined;
  }
}
