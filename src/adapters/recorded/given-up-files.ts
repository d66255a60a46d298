import { type GivenUp, type GivenUpMessage, GivenUpMessages } from '../../application/ports/given-up.ts';
import { GIVEN_UP } from './given-up.ts';
import { readRecorded } from './read-recorded.ts';

/** So many records of files are received at a time. */
const MOST = 100;

/** A file, as it is read. */
export interface GivenUpFile {
  readonly name: string;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** What was given up and is in files: each record, and each problem, is a message. The files stay as they are. */
export class GivenUpFiles extends GivenUpMessages {
  readonly #messages: AsyncGenerator<GivenUpMessage>;

  constructor(files: readonly GivenUpFile[]) {
    super();
    this.#messages = messagesOf(files);
  }

  override async receive(signal?: AbortSignal): Promise<readonly GivenUpMessage[]> {
    const messages: GivenUpMessage[] = [];
    while (messages.length < MOST) {
      signal?.throwIfAborted();
      const next = await this.#messages.next();
      if (next.done === true) break;
      messages.push(next.value);
    }
    return messages;
  }

  override acknowledge(messages: readonly GivenUpMessage[]) {
    return Promise.resolve(messages.map(() => 'done' as const));
  }

  override async close(): Promise<void> {
    await this.#messages.return(undefined);
  }
}

async function* messagesOf(files: readonly GivenUpFile[]): AsyncGenerator<GivenUpMessage, undefined> {
  for (const { name, open } of files)
    for await (const found of readRecorded(name, open(), GIVEN_UP))
      for (const one of found) {
        const { place } = one;
        const held: GivenUp =
          one.kind === 'record' ? (one.record as GivenUp) : { is: 'unknown', why: one.message };
        yield { place, receipt: place, holds: [held] };
      }
  return undefined;
}
