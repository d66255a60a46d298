import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { TypesenseLocal } from '../../../local/typesense/typesense-local.ts';
import { TypesenseClient } from '../../../src/adapters/typesense/typesense-client.ts';
import { readEngine } from '../../../src/entrypoints/cli/index-documents/settings.ts';
import { typesenseClient } from '../../../src/entrypoints/composition/indexer.ts';
import { inFolder } from '../embedded-search/folder.ts';
import { faultIn } from './support.ts';

const REQUEST = { method: 'GET', path: '/collections/books', doing: 'looking' } as const;

/** A client whose key is in a file, as the environment names it. */
function clientWith(path: string, url = 'http://127.0.0.1:1'): TypesenseClient {
  const engine = readEngine({ TYPESENSE_URL: url, TYPESENSE_API_KEY_FILE: path });
  if (engine.kind !== 'typesense') throw new Error(engine.kind);
  return typesenseClient(engine);
}

describe('KeyFile', () => {
  it('given a server whose key was changed, then the file is read again, once a refusal, and the request sent again', () =>
    inFolder(async (folder) => {
      const local = await TypesenseLocal.start({ apiKey: 'new-key' });
      try {
        const path = join(folder, 'key');
        await writeFile(path, 'old-key\n');
        const client = clientWith(path, local.url);
        const send = () => client.send(REQUEST, undefined, [404]);
        const refused = await faultIn(send());
        expect(refused).to.include({ kind: 'configuration' });
        expect(inspect(refused, { depth: 9 })).not.to.include('old-key');
        await writeFile(path, 'new-key\n');
        expect((await send()).status).to.equal(404);
        expect((await send()).status).to.equal(404);
        expect(local.requests.map(({ headers }) => headers['x-typesense-api-key'])).to.deep.equal([
          ...['old-key', 'old-key', 'new-key', 'new-key'],
        ]);
      } finally {
        await local.stop();
      }
    }));

  it('given a file that is not there, or is no key, then it is named, and what it says is not cited', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'key');
      const missing = await faultIn(clientWith(path).send(REQUEST));
      expect(missing.message).to.include(path).and.include('TYPESENSE_API_KEY_FILE').and.include('ENOENT');
      for (const text of ['', 'two hidden words', 'line\nhidden']) {
        await writeFile(path, text);
        const fault = await faultIn(clientWith(path).send(REQUEST));
        expect(fault).to.include({ kind: 'configuration' });
        expect(fault.message).to.include(path);
        expect(inspect(fault, { depth: 9 })).not.to.include('hidden');
      }
    }));
});
