import { expect } from 'chai';
import { TypesenseLocal } from '../../local/typesense/typesense-local.ts';
import { createCollection } from '../../src/adapters/typesense/collections.ts';
import { TypesenseClient } from '../../src/adapters/typesense/typesense-client.ts';
import type { SearchSchema } from '../../src/domain/search-schema.ts';
import { typesenseEngine } from '../../src/entrypoints/cli/index-documents/typesense-engine.ts';
import { put } from '../adapters/embedded-search/folder.ts';

const SCHEMA: SearchSchema = { collection: 'orders', fields: [{ name: 'item', type: 'string' }] };
const NEVER = new AbortController().signal;

describe('making collections of Typesense', () => {
  let local: TypesenseLocal;
  beforeEach(async () => {
    local = await TypesenseLocal.start();
  });
  afterEach(() => local.stop());

  let stamps = 0;
  const process = (schema = SCHEMA) => {
    const client = new TypesenseClient({ url: local.url, apiKey: local.apiKey });
    return typesenseEngine(client, [schema], () => String(++stamps).padStart(17, '0'));
  };
  const collections = () => [...local.routes.collections.keys()];

  it('given two at once, then there is one collection, and what the first has written stays', async () => {
    const [fast, slow] = [process(), process()];
    // The second one finds nothing, and then the first makes it, and writes.
    let isFirst = true;
    let written: Promise<unknown> | undefined;
    local.misbehaves = ({ method, path }) => {
      if (!isFirst || method !== 'GET' || path !== '/collections/orders') return undefined;
      isFirst = false;
      written = (async () => {
        await fast.create(NEVER);
        await fast.index.apply('orders', [put('o1', { item: 'pen' })]);
      })();
      return undefined;
    };
    const made = await slow.create(NEVER);
    await written;
    expect(made.length).to.be.at.most(1);
    expect(collections()).to.deep.equal(['orders-first']);
    expect(local.routes.aliases.get('orders')).to.equal('orders-first');
    expect(await slow.index.read('orders', ['o1'])).to.have.nested.property('[0].item', 'pen');
  });

  it('given that it was killed before it made the alias, then the next makes that alone', async () => {
    await process().create(NEVER);
    local.routes.aliases.clear();
    expect(await process().create(NEVER)).to.deep.equal([
      'made alias orders of collection orders-first, which was there already',
    ]);
    expect(collections()).to.deep.equal(['orders-first']);
  });

  it('given that it was killed, and the definition is another by now, then it says what differs', async () => {
    await process().create(NEVER);
    local.routes.aliases.clear();
    const other = process({ ...SCHEMA, fields: [{ name: 'price', type: 'int32' }] });
    const ended = await other.create(NEVER).catch((error: unknown) => error);
    expect(ended).to.have.property('message').that.includes('field "price" is missing');
    expect([...local.routes.aliases]).to.deep.equal([]);
  });

  it('given an alias that somebody else makes at the last moment, then it is left alone', async () => {
    const client = new TypesenseClient({ url: local.url, apiKey: local.apiKey });
    await createCollection(client, { ...SCHEMA, collection: 'orders-other' });
    local.misbehaves = ({ method, path }) => {
      if (method === 'POST' && path === '/collections') local.routes.aliases.set('orders', 'orders-other');
      return undefined;
    };
    const made = await process().create(NEVER);
    expect(local.routes.aliases.get('orders')).to.equal('orders-other');
    expect(made).to.deep.equal([
      'made collection orders-first, and left alias orders alone, which somebody else has made meanwhile',
    ]);
  });

  for (const isFirst of [true, false])
    it(`given a rebuild ${isFirst ? 'of nothing' : 'of a collection'}, when somebody else has switched the alias meanwhile, then it refuses, and leaves both`, async () => {
      if (!isFirst) await process().create(NEVER);
      const [slow, fast] = [await process().beside('orders', NEVER), await process().beside('orders', NEVER)];
      await fast.switch();
      const target = local.routes.aliases.get('orders');
      const ended = await slow.switch().catch((error: unknown) => error);
      expect(ended).to.have.property('kind', 'configuration');
      expect(ended).to.have.property('message').that.includes(`leads to collection ${target} now`);
      await slow.drop();
      expect(local.routes.aliases.get('orders')).to.equal(target);
      expect(collections()).to.have.length(isFirst ? 2 : 3);
      expect(await fast.switch(), 'safe to repeat').to.include(String(target));
    });

  it('given a rebuild that was begun at the same moment, then it leaves that one alone', async () => {
    await process().create(NEVER);
    const client = new TypesenseClient({ url: local.url, apiKey: local.apiKey });
    const [one, other] = [0, 0].map(() => typesenseEngine(client, [SCHEMA], () => '7'.repeat(17)));
    await one?.beside('orders', NEVER);
    const ended = await other?.beside('orders', NEVER).catch((error: unknown) => error);
    expect(ended).to.have.property('message').that.includes('begin again');
  });
});
