import type { Change, Side } from './change.ts';
import { Fault } from './fault.ts';
import type { Entity, Link, Row } from './row.ts';
import { decideSearch, documentKeyOf, type DocumentKey, type SearchDecision } from './search-document.ts';
import { type Tuple, tupleOf } from './tuple.ts';
import type { Attributes } from './value.ts';

/** Bring one search document into line with its row. */
export interface SyncSearchDocumentCommand {
  readonly change: Change;
  readonly key: DocumentKey;
  readonly decision: SearchDecision;
}

/** Bring one entity's default row into line with its images. */
export interface ReconcileDefaultImageCommand {
  readonly change: Change;
  readonly entity: Entity;
}

/** Count one link row under the tuple that it holds now; undefined when it holds none, or is gone. */
export interface UpdateMatcherTupleCommand {
  readonly change: Change;
  readonly link: Link;
  readonly tuple: Tuple | undefined;
}

/** What one change asks of each subsystem: usually nothing of most. */
export interface Commands {
  readonly search?: SyncSearchDocumentCommand;
  readonly image?: ReconcileDefaultImageCommand;
  readonly matcher?: UpdateMatcherTupleCommand;
}

/**
 * What a change asks for. Decodes only the attributes that the decisions read.
 *
 * @throws Fault `permanent` when the row contradicts its key or an attribute cannot be decoded;
 *   `configuration` when the stream's view type lacks an image that a subsystem needs.
 */
export function commandsOf(change: Change): Commands {
  const { row } = change;
  if (row.kind === 'image') checkImageKeys(row, change.after);
  if (row.kind === 'link') return { matcher: { change, link: row.link, tuple: tupleAfter(change) } };
  const key = documentKeyOf(row);
  const search = key && { change, key, decision: searchDecisionOf(change, key) };
  const image = row.kind === 'image' ? { change, entity: row.entity } : undefined;
  if (search === undefined) return image === undefined ? {} : { image };
  return image === undefined ? { search } : { search, image };
}

/**
 * What a change asks for when its old image does not tell what was derived from its row: the document, even where the
 * change did not touch it.
 */
export function ignoringOldImage(commands: Commands): Commands {
  const { search } = commands;
  if (search?.decision.action !== 'none') return commands;
  const { change, key } = search;
  if (typeof change.after === 'string') return commands;
  return {
    ...commands,
    search: { change, key, decision: decideSearch(change.row, key, undefined, change.after) },
  };
}

function searchDecisionOf(change: Change, key: DocumentKey): SearchDecision {
  const { row, before, after, viewType } = change;
  if (viewType !== undefined && viewType !== 'NEW_AND_OLD_IMAGES') throw viewTypeFault('search', change);
  if (before === 'withheld' || after === 'withheld') throw viewTypeFault('search', change);
  return decideSearch(
    row,
    key,
    before === 'absent' ? undefined : before,
    after === 'absent' ? undefined : after,
  );
}

/** The matcher compares with what it counted, never with the old image, so the new image is all that it needs. */
function tupleAfter(change: Change): Tuple | undefined {
  const { after, viewType } = change;
  if (viewType === 'KEYS_ONLY' || viewType === 'OLD_IMAGE') throw viewTypeFault('the matcher', change);
  if (after === 'withheld') throw viewTypeFault('the matcher', change);
  return after === 'absent' ? undefined : tupleOf(after);
}

function viewTypeFault(subsystem: string, { viewType, operation }: Change): Fault {
  const carries =
    viewType === undefined
      ? `${operation === 'INSERT' ? 'an' : 'a'} ${operation} record without a StreamViewType lacks an image`
      : `the stream's view type is ${viewType}`;
  return new Fault(
    'configuration',
    `${carries}, but ${subsystem} needs more: set the table's StreamViewType to NEW_AND_OLD_IMAGES`,
  );
}

/** Later reads find an image by these attributes: if they contradict the key, they find another image. */
function checkImageKeys(row: Row & { kind: 'image' }, after: Side): void {
  if (typeof after === 'string') return;
  checkAgainstKey(after, 'org_id', row.entity.orgId);
  checkAgainstKey(after, 'entity_type', row.entity.entityType);
  checkAgainstKey(after, 'entity_id', row.entity.entityId);
  checkAgainstKey(after, 'image_id', row.imageId);
}

function checkAgainstKey(attributes: Attributes, name: string, inKey: string): void {
  const value = attributes.get(name);
  if (value === undefined || value === inKey) return;
  const found = typeof value === 'string' ? JSON.stringify(value) : 'not a string';
  throw new Fault(
    'permanent',
    `the image row contradicts its key: ${name} is ${found}, the key says ${JSON.stringify(inKey)}`,
    { reason: `an image row contradicts its key: its ${name}` },
  );
}
