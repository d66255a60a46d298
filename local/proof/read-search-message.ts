import { parse } from 'lossless-json';
import { Decimal } from '../../src/domain/decimal.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import type { DocumentFields, DocumentKey } from '../../src/domain/search-document.ts';

/** The JSON of a search action's message. */
interface MessageBody {
  readonly action: 'upsert' | 'delete';
  readonly collection: DocumentKey['collection'];
  readonly id: string;
  readonly version: {
    /** Absent in messages from before there were generations, which means 0. */
    readonly generation?: Decimal;
    readonly epoch: string;
    readonly sequence: string;
    /** Absent in messages of changes. */
    readonly fill?: Decimal;
  };
  readonly identity?: SearchAction['identity'];
  /** With `upsert` only. */
  readonly document?: DocumentFields;
}

/**
 * Reads a message's body, with none of the worker's own code for JSON. Numbers keep every digit.
 *
 * @throws Error that quotes the message when it is not a search action.
 */
export function readSearchMessage(body: string): SearchAction {
  const message = parse(body, undefined, (digits) => Decimal.parse(digits)) as Partial<MessageBody> | null;
  const { action, collection, id, version, document } = message ?? {};
  const known = action === 'upsert' ? document !== undefined : action === 'delete' && document === undefined;
  if (!known || collection === undefined || id === undefined || version === undefined)
    throw new Error(`not a search action: ${body.slice(0, 200)}`);
  const { generation, fill, ...place } = version;
  return {
    key: { collection, id },
    version: {
      ...place,
      generation: Number(generation?.toString() ?? 0),
      ...(fill === undefined ? {} : { fill: Number(fill.toString()) }),
    },
    identity: message?.identity ?? { stream: version.epoch, sequence: version.sequence },
    document,
  };
}
