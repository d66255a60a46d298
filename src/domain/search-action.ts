import type { SyncSearchDocumentCommand } from './command.ts';
import { newer } from './coalesce.ts';
import type { DocumentFields, DocumentKey } from './search-document.ts';
import type { Change } from './change.ts';
import { type ItemKey, keyOf } from './row.ts';
import type { Version } from './version.ts';

/** What the indexer is told about one document. */
export interface SearchAction {
  readonly key: DocumentKey;
  /** The version of the change that decided this; the index drops an action that is not newer than its fence. */
  readonly version: Version;
  /** The change that decided this: an action sent twice has the same one. */
  readonly identity: Change['identity'];
  /** The document as it must be; undefined when it must be gone. */
  readonly document: DocumentFields | undefined;
  /** The document's JSON on one line, where the action was read from one that has it so. */
  readonly json?: string;
  /** The key of the row that the document is of; undefined of actions that were sent before they had it. */
  readonly row?: ItemKey | undefined;
}

/**
 * The one action that leaves the index as all the commands of one document would, in their order. Undefined
 * when no command asks for any.
 *
 * The last change that decided something is sent even where the batch as a whole changes nothing (insert, then
 * remove): an earlier delivery may have got only as far as the insert.
 */
export function coalesceSearch(commands: readonly SyncSearchDocumentCommand[]): SearchAction | undefined {
  let deciding: SyncSearchDocumentCommand | undefined;
  for (const command of commands)
    if (command.decision.action !== 'none')
      deciding = deciding === undefined ? command : newer(deciding, command);
  if (deciding === undefined) return undefined;
  const { change, key, decision } = deciding;
  return {
    key,
    version: change.version,
    identity: change.identity,
    document: decision.action === 'upsert' ? decision.document : undefined,
    row: keyOf(change.row),
  };
}
