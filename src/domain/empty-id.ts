import { Fault } from './fault.ts';

/** Of a document that no search engine holds, as nobody could ask for it. */
export function emptyIdFault(collection: string): Fault {
  return new Fault('permanent', `${collection}: a document's id is empty`, {
    reason: `${collection}: ids are empty`,
  });
}
