import type { SyncSearchDocumentCommand } from '../../domain/command.ts';
import { keyOf } from '../../domain/row.ts';
import type { SearchAction } from '../../domain/search-action.ts';
import type { SearchFence } from '../../domain/search-fence.ts';
import type { SearchFences } from '../ports/search-fences.ts';
import type { SearchQueue } from '../ports/search-queue.ts';
import { type Asked, type Fenced, isBefore } from './fenced.ts';

type Command = SyncSearchDocumentCommand;

/**
 * Documents, which go to the index through the queue: it is the indexer that drops them where the document is newer by then. What an
 * index holds is not looked at, so every document that it may have is sent again.
 */
export function fencedDocuments(
  fences: SearchFences,
  queue: SearchQueue,
): Fenced<Command, SearchFence, SearchAction> {
  return {
    does: 'search',
    load: (commands, signal) =>
      fences.load(
        commands.map(({ key }) => key),
        signal,
      ),
    areInLine: (asked) => Promise.resolve(asked.map(isInLine)),
    writeOf: ({ command: { key, change, decision } }, version) => ({
      key,
      version,
      identity: {
        stream: change.identity.stream,
        sequence: [version.generation, version.epoch, version.sequence, version.fill].join(' '),
      },
      document: decision.action === 'upsert' ? decision.document : undefined,
      row: keyOf(change.row),
    }),
    write: (actions, signal) => queue.send(actions, signal),
  };
}

/** Where a change was given up, what was sent for an older one may still be queued: nothing proves that the document is not to come. */
function isInLine({ command: { decision }, state, unnoted }: Asked<Command, SearchFence>): boolean {
  const { isCleared, since } = unnoted;
  if (decision.action === 'upsert' || isCleared === true) return false;
  return state === undefined ? since === undefined : state.removed && !isBefore(state.version, since);
}
