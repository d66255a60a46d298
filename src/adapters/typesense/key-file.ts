import { readFile } from 'node:fs/promises';
import { Fault } from '../../domain/fault.ts';
import { type ApiKeys, isApiKey } from './typesense-client.ts';

/** A key in a file, as containers are given secrets: the whole text of it. Read once and kept, and again once it was refused. */
export class KeyFile implements ApiKeys {
  readonly #path: string;
  #known: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async read(refused?: string): Promise<string> {
    if (this.#known === undefined || this.#known === refused) this.#known = await this.#get();
    return this.#known;
  }

  async #get(): Promise<string> {
    const from = `the file ${this.#path}, which TYPESENSE_API_KEY_FILE names,`;
    const text = await readFile(this.#path, 'utf8').catch((cause: unknown) => {
      throw new Fault('configuration', `${from} cannot be read: ${(cause as Error).message}`, { cause });
    });
    const key = text.trim();
    if (!isApiKey(key))
      throw new Fault('configuration', `${from} is no API key: its text must be the key alone`);
    return key;
  }
}
