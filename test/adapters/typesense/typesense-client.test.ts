import { inspect } from 'node:util';
import { expect } from 'chai';
import {
  LAGGING,
  type Misbehaviour,
  RATE_LIMITED,
  REFUSES_WRITES,
} from '../../../local/typesense/misbehaviour.ts';
import { milliseconds } from '../../../src/adapters/typesense/answer-fault.ts';
import { TypesenseClient } from '../../../src/adapters/typesense/typesense-client.ts';
import { BackPressure } from '../../../src/application/back-pressure.ts';
import { faultOf } from '../../support/factories.ts';
import { put } from '../../contracts/search-index/harness.ts';
import { freePort } from '../../../local/servers/free-port.ts';
import { aBookshop, API_KEY, type Bookshop, checked, faultIn } from './support.ts';

const status = (code: number, body = '', headers: Readonly<Record<string, string>> = {}): Misbehaviour => ({
  kind: 'status',
  status: code,
  body,
  headers,
});

describe('the client of Typesense', () => {
  let shop: Bookshop;
  beforeEach(async () => {
    shop = await aBookshop();
  });
  afterEach(() => shop.local.stop());

  const write = () => faultIn(shop.index.apply('books', [put('a'), put('b')]));

  const ANSWERS: readonly (readonly [what: string, wrong: Misbehaviour, kind: string, says: RegExp])[] = [
    ['503, not ready or lagging', LAGGING, 'transient', /503 .*Not Ready or Lagging; .*slow down/],
    [
      '503, shutting down',
      status(503, '{"message": "Shutting down."}'),
      'transient',
      /503 .*Shutting down.*slow down/,
    ],
    ['429, a rate limit', RATE_LIMITED, 'transient', /429 .*Rate limit exceeded.*slow down/],
    ['422, out of memory', REFUSES_WRITES, 'transient', /422 .*OUT_OF_MEMORY.*takes no writes/],
    ['401, a wrong key', status(401, '{"message": "Forbidden"}'), 'configuration', /TYPESENSE_API_KEY/],
    ['403, a key that may not', status(403), 'configuration', /TYPESENSE_API_KEY/],
    [
      '404 of a collection',
      status(404, '{"message": "Collection not found"}'),
      'configuration',
      /"books".*create it/,
    ],
    ['404 of something else', status(404, '<html>'), 'configuration', /TYPESENSE_URL/],
    ['400', status(400, '{"message": "Bad request."}'), 'configuration', /400 .*Bad request/],
    [
      'a redirection',
      status(301, '', { location: 'http://127.0.0.1:1/' }),
      'configuration',
      /301 .*TYPESENSE_URL/,
    ],
    ['500', status(500), 'transient', /500/],
    ['502, of a proxy', status(502, '<html>'), 'transient', /502 while importing into books$/],
    ['408', status(408), 'transient', /408/],
  ];
  for (const [what, wrong, kind, says] of ANSWERS)
    it(`given ${what}, then the fault is ${kind}`, async () => {
      shop.local.misbehaves = () => wrong;
      const fault = await write();
      expect(fault.kind).to.equal(kind);
      expect(fault.message).to.match(says);
      expect(shop.local.requests, 'one attempt').to.have.length(1);
    });

  it('carries the time that it is asked to wait, and says where none is given', async () => {
    const waits: unknown[] = [];
    for (const headers of [{ 'retry-after': '7' }, {}, { 'retry-after': 'soon' }]) {
      shop.local.misbehaves = () => status(503, '{"message": "Not Ready or Lagging"}', headers);
      const fault = await write();
      if (!(fault instanceof BackPressure)) expect.fail(inspect(fault));
      waits.push(fault.retryAfterMs);
    }
    expect(waits).to.deep.equal([7_000, undefined, undefined]);
  });

  it('given 503 of a proxy, then what was asked may yet happen, and it is no refusal', async () => {
    // The last is what API Gateway says, also where whatever stands behind it took too long.
    for (const body of ['', '{}', '<html>Service Unavailable</html>', '{"message":"Service Unavailable"}']) {
      shop.local.misbehaves = () => status(503, body, { 'retry-after': '7' });
      const fault = await write();
      expect(fault.kind).to.equal('transient');
      expect(fault).not.to.be.instanceOf(BackPressure);
      expect(fault.message).to.match(
        /503 while importing into books(?:: Service Unavailable)?: it may or may not have taken effect$/,
      );
    }
  });

  it('reads dates to wait for', () => {
    expect(milliseconds('Thu, 01 Jan 1970 00:00:00 GMT')).to.equal(0);
    expect(milliseconds(new Date(Date.now() + 60_000).toUTCString())).to.be.within(1, 60_000);
    expect(milliseconds('-1')).to.equal(0);
    expect(milliseconds(' ')).to.equal(undefined);
  });

  it('waits for five minutes at most, whatever it is asked', () => {
    for (const asked of ['Wed, 01 Jan 3000 00:00:00 GMT', '86400', '1e99'])
      expect(milliseconds(asked), asked).to.equal(300_000);
    expect(milliseconds('299')).to.equal(299_000);
  });

  it('shows the key to nobody, also where a server repeats it', async () => {
    shop.local.misbehaves = () => status(400, JSON.stringify({ message: `got ${API_KEY}` }));
    expect((await write()).message).to.include('got [redacted]');
    // Also where what is said is cut in the middle of it.
    const long = 'x'.repeat(200 - API_KEY.length + 1);
    for (const body of [JSON.stringify({ message: long + API_KEY }), `{"message": "\n${long}${API_KEY}"}`]) {
      shop.local.misbehaves = () => status(400, body);
      expect((await write()).message).not.to.include(API_KEY.slice(0, -2));
    }
  });

  it('sends the key to no other server', async () => {
    const other = await aBookshop();
    try {
      shop.local.misbehaves = () => status(307, '', { location: `${other.local.url}/` });
      await write();
      expect(other.local.requests).to.deep.equal([]);
    } finally {
      await other.local.stop();
    }
  });

  for (const kind of ['drops', 'forgets to answer', 'answers half'] as const)
    it(`given a connection that ends (${kind}), then it may or may not have taken effect`, async () => {
      shop.local.misbehaves = () => ({ kind });
      const fault = await write();
      expect(fault.kind).to.equal('transient');
      expect(fault.message).to.match(/no whole answer .*importing into books.*may or may not/);
      expect(fault.cause).to.be.instanceOf(Error);
      expect(shop.local.requests).to.have.length(1);
      expect(shop.ids()).to.deep.equal(kind === 'drops' ? [] : ['a', 'b']);
    });

  for (const kind of ['hangs', 'is held'] as const)
    it(`given no answer (${kind}), then the time is up, and what was asked may yet happen`, async () => {
      shop.local.misbehaves = () => ({ kind });
      const fault = await faultIn(shop.hasty.apply('books', [put('a')]));
      expect(fault.kind).to.equal('transient');
      expect(fault.message).to.match(
        /did not answer within 500 ms while importing into books: it may or may not/,
      );
      shop.local.release();
      expect(shop.ids()).to.deep.equal(kind === 'hangs' ? [] : ['a']);
    });

  it('waits for a slow answer', async () => {
    shop.local.misbehaves = () => ({ kind: 'is slow', milliseconds: 50 });
    expect(await shop.index.apply('books', [put('a')])).to.deep.equal(['done']);
  });

  it('rejects with the reason of the signal while it waits, and sends nothing more', async () => {
    const controller = new AbortController();
    shop.local.misbehaves = () => {
      setImmediate(() => controller.abort(new Error('stopping')));
      return { kind: 'hangs' };
    };
    const large = Array.from({ length: 3 }, (_, n) => put(`${n}`, { digits: 'x'.repeat(150_000) }));
    const ended = await shop.index.apply('books', large, controller.signal).catch((error: unknown) => error);
    expect(ended).to.have.property('message', 'stopping');
    expect(shop.local.requests).to.have.length(1);
  });

  it('says that a server cannot be reached', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const client = new TypesenseClient({ url, apiKey: API_KEY });
    const fault = await faultIn(client.send({ method: 'GET', path: '/health', doing: 'looking' }));
    expect(fault.kind).to.equal('transient');
    expect(fault.message).to.include(url).and.include('ECONNREFUSED');
  });

  it('refuses URLs and keys that it cannot use, without citing them', () => {
    const options = { url: 'https://search.example.com', apiKey: API_KEY };
    for (const url of [
      '',
      'search.example.com',
      'ftp://x',
      `https://u:${API_KEY}@x`,
      `https://x?k=${API_KEY}`,
    ]) {
      const fault = checked(faultOf(() => new TypesenseClient({ ...options, url })));
      expect([fault.kind, fault.message.includes('TYPESENSE_URL')]).to.deep.equal(['configuration', true]);
    }
    for (const apiKey of ['', `${API_KEY}\n`, `a ${API_KEY}`, `${API_KEY}ü`]) {
      const fault = checked(faultOf(() => new TypesenseClient({ ...options, apiKey })));
      expect([fault.kind, fault.message.includes('TYPESENSE_API_KEY')]).to.deep.equal([
        'configuration',
        true,
      ]);
    }
  });

  it('given a key that was replaced meanwhile, then no message cites the old one, nor the new', async () => {
    shop.local.misbehaves = ({ headers }) =>
      headers['x-typesense-api-key'] === 'the-old-one'
        ? status(401)
        : status(400, '{"message": "not the-old-one, but the-new-one"}');
    const apiKey = {
      read: async (refused?: string) => (refused === undefined ? 'the-old-one' : 'the-new-one'),
    };
    const client = new TypesenseClient({ url: shop.local.url, apiKey });
    const fault = await faultIn(client.send({ method: 'GET', path: '/health', doing: 'looking' }));
    expect(fault.message).to.include('not [redacted], but [redacted]');
  });

  it('keeps the path of its URL', async () => {
    const client = new TypesenseClient({ url: `${shop.local.url}/behind/`, apiKey: API_KEY });
    await faultIn(client.send({ method: 'GET', path: '/collections/books', doing: 'looking' }));
    expect(shop.local.requests[0]?.path).to.equal('/behind/collections/books');
  });
});
