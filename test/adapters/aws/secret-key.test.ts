import { inspect } from 'node:util';
import { expect } from 'chai';
import { TypesenseLocal } from '../../../local/typesense/typesense-local.ts';
import { SecretKey } from '../../../src/adapters/aws/secret-key.ts';
import { TypesenseClient } from '../../../src/adapters/typesense/typesense-client.ts';
import type { Fault } from '../../../src/domain/fault.ts';

const ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:search-AbCdEf';

/** A secret, how often it was read, and a clock. */
function aSecret(text: string | undefined) {
  const state = { text, reads: 0, now: 0, fails: undefined as Error | undefined };
  const send = (command: { readonly input: unknown }) => {
    expect(command.input).to.deep.equal({ SecretId: ARN });
    state.reads++;
    return state.fails ? Promise.reject(state.fails) : Promise.resolve({ SecretString: state.text });
  };
  const key = new SecretKey(
    ARN,
    () => Promise.resolve({ send } as never),
    () => state.now,
  );
  return { key, state };
}

describe('SecretKey', () => {
  it('given many who ask, then is read once', async () => {
    const { key, state } = aSecret(' the-key\n');
    expect(await Promise.all([key.read(), key.read(), key.read()])).to.deep.equal(Array(3).fill('the-key'));
    expect(state.reads).to.equal(1);
  });

  it('given a refused key, then is read again, once for all who were refused', async () => {
    const { key, state } = aSecret('old');
    await key.read();
    state.text = 'new';
    state.now = 60_000;
    expect(await Promise.all([key.read('old'), key.read('old')])).to.deep.equal(['new', 'new']);
    expect([await key.read(), state.reads]).to.deep.equal(['new', 2]);
  });

  it('given a key that is changed right after it was read, then it is read again at once', async () => {
    const { key, state } = aSecret('old');
    await key.read();
    state.text = 'new';
    expect([await key.read('old'), state.reads]).to.deep.equal(['new', 2]);
  });

  it('given a key that stays refused, then is read once a minute', async () => {
    const { key, state } = aSecret('bad');
    await key.read();
    for (let second = 0; second < 120; second++) {
      state.now += 1_000;
      expect(await key.read('bad')).to.equal('bad');
    }
    expect(state.reads).to.equal(3);
  });

  it('given a secret that cannot be read, then says which, and asks again next time', async () => {
    const { key, state } = aSecret('later');
    state.fails = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    const fault = await key.read().catch((error: unknown) => error as Fault);
    expect(fault).to.include({ kind: 'configuration' });
    expect((fault as Fault).message).to.include(ARN);
    state.fails = undefined;
    expect(await key.read()).to.equal('later');
  });

  for (const text of ['', undefined, 'two words', '{"key":"hidden-in-json"}', 'line\nhidden'])
    it(`given the secret ${JSON.stringify(text)}, then it is no key, and is not cited`, async () => {
      const fault = await aSecret(text)
        .key.read()
        .catch((error: unknown) => error as Fault);
      expect(fault).to.include({ kind: 'configuration' });
      expect(inspect(fault, { depth: 9 })).not.to.include('hidden');
    });

  it('given a server whose key was changed, then a request is sent again with the new one', async () => {
    const local = await TypesenseLocal.start({ apiKey: 'new-key' });
    try {
      const { key, state } = aSecret('old-key');
      const client = new TypesenseClient({ url: local.url, apiKey: key });
      const send = () =>
        client.send({ method: 'GET', path: '/collections/books', doing: 'looking' }, undefined, [404]);
      await key.read();
      const refused = await send().catch((error: unknown) => error as Fault);
      expect(refused).to.include({ kind: 'configuration' });
      expect(inspect(refused, { depth: 9 })).not.to.include('old-key');
      expect(local.requests).to.have.length(1);
      state.text = 'new-key';
      state.now = 61_000;
      expect((await send()).status).to.equal(404);
      expect(local.requests.map(({ headers }) => headers['x-typesense-api-key'])).to.deep.equal([
        ...['old-key', 'old-key', 'new-key'],
      ]);
      expect((await send()).status).to.equal(404);
      expect([local.requests.length, state.reads]).to.deep.equal([4, 3]);
    } finally {
      await local.stop();
    }
  });
});
