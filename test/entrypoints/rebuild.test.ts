import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Misbehaviour } from '../../local/typesense/misbehaviour.ts';
import { LAGGING } from '../../local/typesense/misbehaviour.ts';
import { type Seen, TypesenseLocal } from '../../local/typesense/typesense-local.ts';
import { EmbeddedSearch } from '../../src/adapters/embedded-search/embedded-search.ts';
import { EmbeddedSearchIndex } from '../../src/adapters/embedded-search/embedded-search-index.ts';
import { TypesenseClient } from '../../src/adapters/typesense/typesense-client.ts';
import type { SearchIndex } from '../../src/application/ports/search-index.ts';
import { typesenseEngine } from '../../src/entrypoints/cli/index-documents/typesense-engine.ts';
import { searchSchemas } from '../../src/domain/search-schemas.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { put } from '../adapters/embedded-search/folder.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { collect } from '../support/collect.ts';
import { type Finished, run, start } from '../support/command-line.ts';
import { faaRow, imageRow, SourceTable, type StreamRecord } from '../support/stream-records.ts';
import { entity } from '../support/factories.ts';

const NEVER = new AbortController().signal;

/** N1 in its second state, N2, not N3 any more, and an image: the new collection has two documents. */
function recording(): readonly StreamRecord[] {
  const table = new SourceTable();
  return [
    table.put(faaRow('N1', { model: '172' })),
    table.put(faaRow('N2', { model: 'PA-28' })),
    table.put(faaRow('N3', { model: '182' })),
    table.put(imageRow(entity(), '01A')),
    table.put(faaRow('N1', { model: '172S' })),
    table.remove(faaRow('N3')),
  ];
}

function old(registration: string, model: string) {
  return put(`FAA:${registration}`, { registry: 'FAA', registration, model });
}

/** As an index that has gone astray has it. */
const OLD = [old('N1', 'old'), old('N3', 'left')];
const NEW = { 'FAA:N1': '172S', 'FAA:N2': 'PA-28' };

const modelsOf = async (index: SearchIndex) => {
  const documents = await collect(index.documents('registry'));
  return Object.fromEntries(documents.map(({ id, fields }) => [id, fields['model']]));
};

describe('contrail index --rebuild', function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    await writeFile(
      join(folder, 'feed.ndjson'),
      recording()
        .map((one) => JSON.stringify(one))
        .join('\n'),
    );
  });

  after(() => rm(folder, { recursive: true }));

  const args = (file: string) => [...BUNDLED_CONTRAIL, 'index', '--rebuild', 'registry', file];

  describe('with Typesense', () => {
    let local: TypesenseLocal;
    let index: SearchIndex;
    let env: Record<string, string>;
    let first: string;

    beforeEach(async () => {
      local = await TypesenseLocal.start();
      env = { TYPESENSE_URL: local.url, TYPESENSE_API_KEY: local.apiKey };
      const client = new TypesenseClient({ url: local.url, apiKey: local.apiKey });
      const engine = typesenseEngine(client, searchSchemas(fleet.model.documents), () => '0');
      await engine.create(NEVER);
      ({ index } = engine);
      expect(await index.apply('registry', OLD)).to.deep.equal(['done', 'done']);
      first = local.routes.aliases.get('registry') ?? '';
    });

    afterEach(() => local.stop());

    const rebuild = (input = '', file = 'feed.ndjson'): Promise<Finished> =>
      run(args(file), input, { cwd: folder, env });
    const collections = () => [...local.routes.collections.keys()].filter((name) => /^registry/.test(name));
    const isImport = ({ path }: Seen) => path.endsWith('/import');
    /** What whoever searches finds at this moment. */
    const found = () => {
      const path = '/collections/registry/documents/export';
      const request = { method: 'GET', path, query: '', body: Buffer.alloc(0) };
      const { body } = local.routes.answer(request, { escapesErrors: true });
      const documents = body.split('\n').map((line) => JSON.parse(line) as { id: string; model: string });
      return Object.fromEntries(documents.map(({ id, model }) => [id, model]));
    };

    it('given a recording, then the alias leads to a new collection, and is never of a half', async () => {
      const seen: unknown[] = [];
      local.misbehaves = () => void seen.push(found());
      const { out, err, status } = await rebuild();
      local.misbehaves = () => undefined;
      expect({ err, status }).to.deep.equal({ err: '', status: 0 });
      const target = local.routes.aliases.get('registry') ?? '';
      expect(target).to.match(/^registry-\d{17}$/);
      expect(out).to.include(`2 documents in collection ${target}`);
      expect(out).to.include(`alias registry leads to collection ${target}; ${first} is still there`);
      expect(await modelsOf(index)).to.deep.equal(NEW);
      expect(seen.length).to.be.at.least(5);
      // The old ones, and from one moment on the new ones.
      const turns = seen
        .map((one) => JSON.stringify(one))
        .filter((one, index, all) => one !== all[index - 1]);
      expect(turns).to.deep.equal(
        [{ 'FAA:N1': 'old', 'FAA:N3': 'left' }, NEW].map((one) => JSON.stringify(one)),
      );
      expect(collections()).to.have.members([first, target]);
      // Nothing of it went to other collections.
      expect(local.routes.collections.get('aircraft_images-first')?.documents.size).to.equal(0);
    });

    it('given an indexer that writes meanwhile, then nothing is switched, and it says so; what is written again as it was is none', async () => {
      const write = (model: string) => {
        const path = '/collections/registry/documents/import';
        const { document } = old('N1', model);
        const body = Buffer.from(JSON.stringify({ ...document, id: 'FAA:N1' }));
        local.routes.answer({ method: 'POST', path, query: 'action=upsert', body }, { escapesErrors: true });
      };
      let model = 'newer';
      let isDue = isImport;
      local.misbehaves = (seen) => {
        if (isDue(seen)) write(model);
        return undefined;
      };
      const refused = await rebuild();
      expect(refused.status).to.equal(1);
      expect(refused.out).to.match(
        /somebody has written to registry meanwhile, .*: stop the indexer, and begin again/,
      );
      expect(await modelsOf(index)).to.deep.equal({ 'FAA:N1': 'newer', 'FAA:N3': 'left' });
      expect(collections()).to.deep.equal([first]);

      // Between the last look and the switch nobody can prevent it.
      model = 'newest';
      isDue = ({ method, path }) => method === 'PUT' && path === '/aliases/registry';
      const late = await rebuild();
      expect(late.status).to.equal(1);
      expect(late.out).to.match(
        /leads to collection .*somebody wrote to the old one in the moment of the switch/s,
      );

      isDue = isImport;
      model = '172S';
      const again = await rebuild();
      expect([again.status, again.err]).to.deep.equal([0, '']);
      expect(await modelsOf(index)).to.deep.equal(NEW);
    });

    it('given a server that stumbles at every step, then it is done all the same', async () => {
      const wrong: (readonly [(seen: Seen) => boolean, Misbehaviour])[] = [
        [isImport, LAGGING],
        [({ path }) => path.endsWith('/export'), { kind: 'answers half' }],
        [({ method, path }) => method === 'PUT' && path === '/aliases/registry', LAGGING],
        [
          ({ method, path }) => method === 'PUT' && path === '/aliases/registry',
          { kind: 'forgets to answer' },
        ],
      ];
      local.misbehaves = (seen) => (wrong[0]?.[0](seen) === true ? wrong.shift()?.[1] : undefined);
      const { err, status } = await rebuild();
      expect({ wrong, err, status }).to.deep.equal({ wrong: [], err: '', status: 0 });
      expect(await modelsOf(index)).to.deep.equal(NEW);
    });

    it('given a recording that is not whole, then nothing is switched, nothing is left, and it says why', async () => {
      await index.apply('registry', [old('N9', 'x')]);
      const before = await modelsOf(index);
      const unknown = await rebuild();
      expect(unknown.out).to.include('1 documents of registry are not in the recording: FAA:N9');
      expect(unknown.out).to.include('registry is as it was');
      const [one] = recording();
      const unfit = JSON.stringify(one).replace('"S":"172"', '"L":[{"N":"7"}]');
      const refused = await rebuild(unfit, '-');
      expect(refused.out).to.include('1 documents were refused');
      const damaged = await rebuild('{"eventID":', '-');
      expect(damaged.out).to.include('1 records failed');
      expect([unknown.status, refused.status, damaged.status]).to.deep.equal([1, 1, 1]);
      expect(await modelsOf(index)).to.deep.equal(before);
      expect(collections()).to.deep.equal([first]);
    });

    it('given SIGTERM, then the old collection stays, and nothing is left of the new one', async () => {
      const child = await untilImport({ kind: 'is slow', milliseconds: 300 });
      child.kill('SIGTERM');
      const [status] = (await once(child, 'close')) as [number | null];
      expect(status).to.equal(1);
      expect(collections()).to.deep.equal([first]);
      expect(found()).to.deep.equal({ 'FAA:N1': 'old', 'FAA:N3': 'left' });
    });

    it('given a kill, then the old one stays, and the next run names what is left, and leaves it', async () => {
      const child = await untilImport({ kind: 'hangs' });
      child.kill('SIGKILL');
      await once(child, 'close');
      local.misbehaves = () => undefined;
      expect(found()).to.deep.equal({ 'FAA:N1': 'old', 'FAA:N3': 'left' });
      const [left = ''] = collections().filter((name) => name !== first);
      const { out, status } = await rebuild();
      expect(status).to.equal(0);
      expect(out).to.include(
        `left of earlier ones, to be taken away where nobody needs it, nor fills it now: collection ${left}`,
      );
      expect(collections()).to.have.length(3).and.to.include(left);
    });

    it('given a collection without an alias, then it says at once that none can take its place', async () => {
      const collection = local.routes.collections.get(first);
      local.routes.aliases.delete('registry');
      if (collection !== undefined) local.routes.collections.set('registry', collection);
      const { err, status } = await rebuild();
      expect(err).to.include('and not an alias of that name, so none can take its place');
      expect(status).to.equal(2);
      expect(local.requests.filter(isImport)).to.have.length(1);
    });

    async function untilImport(misbehaviour: Misbehaviour) {
      const child = start(args('feed.ndjson'), { cwd: folder, env });
      await new Promise<void>((resolve) => {
        local.misbehaves = (request) => {
          if (!isImport(request)) return undefined;
          resolve();
          return misbehaviour;
        };
        child.once('close', resolve);
      });
      expect(child.exitCode, 'it was still at work').to.equal(null);
      return child;
    }
  });

  describe('with a folder', () => {
    let search: string;

    beforeEach(async () => {
      search = await mkdtemp(join(folder, 'search-'));
      const index = await EmbeddedSearchIndex.open(search);
      await index.apply('registry', OLD);
      await index.close();
    });

    const rebuild = (input = '', file = 'feed.ndjson'): Promise<Finished> =>
      run(args(file), input, { cwd: folder, env: { SEARCH_FOLDER: search } });
    const models = async () => {
      const index = await EmbeddedSearchIndex.open(search);
      return modelsOf(index).finally(() => index.close());
    };

    it('given a recording, then the new file takes the place, also for whoever searches since before', async () => {
      const reader = new EmbeddedSearch(search);
      expect((await reader.search('registry', 'left', {})).found).to.equal(1);
      await mkdir(join(search, 'rebuild-killed'));
      const { out, err, status } = await rebuild();
      expect({ err, status }).to.deep.equal({ err: '', status: 0 });
      expect(out).to.include('2 documents in the new file of registry');
      expect(out).to.match(/removed what earlier ones had left: .*rebuild-killed/);
      const { found } = await reader.search('registry', '', {});
      expect([found, (await reader.search('registry', 'left', {})).found]).to.deep.equal([2, 0]);
      await reader.close();
      expect(await models()).to.deep.equal(NEW);
      expect(await readdir(search)).to.deep.equal(['registry.documents']);
    });

    it('given that an indexer writes there, or another one fills it, then it is refused, and says who has the folder', async () => {
      const indexer = await EmbeddedSearchIndex.open(search);
      const { out, err, status } = await rebuild();
      expect({ out, status }).to.deep.equal({ out: '', status: 2 });
      expect(err).to.include(search).and.include(String(process.pid));
      await indexer.close();
      // Neither is there anything of it.
      expect(await readdir(search)).to.deep.equal(['registry.documents']);

      const slow = start(args('-'), { cwd: folder, env: { SEARCH_FOLDER: search } });
      const isBegun = async () => (await readdir(search)).some((name) => name.startsWith('rebuild-'));
      while (!(await isBegun())) await sleep(20);
      const second = await rebuild();
      expect(second.err).to.include(String(slow.pid));
      expect(second.status).to.equal(2);
      slow.stdin.end(
        recording()
          .map((one) => JSON.stringify(one))
          .join('\n'),
      );
      const [ended] = (await once(slow, 'close')) as [number | null];
      expect(ended).to.equal(0);
      expect(await models()).to.deep.equal(NEW);
    });

    it('given a recording that lacks documents, or has none, then the file stays unless it has none either', async () => {
      const lacking = await rebuild(JSON.stringify(recording()[0]), '-');
      expect(lacking.out).to.include('1 documents of registry are not in the recording: FAA:N3');
      expect(lacking.status).to.equal(1);
      expect(await models()).to.deep.equal({ 'FAA:N1': 'old', 'FAA:N3': 'left' });
      await rm(join(search, 'registry.documents'));
      const none = await rebuild('', '-');
      expect({ err: none.err, status: none.status }).to.deep.equal({ err: '', status: 0 });
      expect(await models()).to.deep.equal({});
      expect(await readdir(search)).to.deep.equal(['registry.documents']);
    });
  });
});
