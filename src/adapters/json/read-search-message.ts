import type { Fault } from '../../domain/fault.ts';
import { notAnAction, searchActionIn } from '../../domain/read-search-message.ts';
import type { SearchAction } from '../../domain/search-action.ts';
import { readJson } from './read-json.ts';

/**
 * The search action that the text of a message is: the opposite of `messageText`. Numbers have every digit.
 *
 * @param name what to call the message in the Fault.
 * @returns otherwise a Fault `permanent` that says what is wrong, and nothing of what the message says.
 */
export function readSearchMessage(text: string, name = 'the message'): SearchAction | Fault {
  let message: unknown;
  try {
    message = readJson(text);
  } catch {
    // What is thrown cites the message. A RangeError is of one that is nested too deeply even to be read.
    return notAnAction('it is no JSON', name);
  }
  return searchActionIn(message, name);
}
