import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FileShardStates, STATES_FILE } from '../../../src/adapters/files/file-shard-states.ts';
import { Fault } from '../../../src/domain/fault.ts';

const STREAM = 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-05T09:00:00.000';
const shard = (id: string) => ({ id, parent: undefined, start: 'horizon' }) as const;

describe('shard states in a file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    file = join(folder, STATES_FILE);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function refusal(work: Promise<unknown>): Promise<string> {
    const error = await work.catch((error: unknown) => error);
    expect(Fault.is(error) && error.kind).to.equal('configuration');
    return (error as Fault).message;
  }

  it('given a folder that another has open, then refuses it and says who', async () => {
    const states = await FileShardStates.open(folder);
    expect(await refusal(FileShardStates.open(folder))).to.include(`this process (${process.pid})`);
    await states.close();
    await (await FileShardStates.open(folder)).close();
  });

  it('makes a folder that is not there', async () => {
    const inner = join(folder, 'a', 'b');
    const states = await FileShardStates.open(inner);
    await states.add(STREAM, [shard('s')]);
    await states.close();
    expect(await readFile(join(inner, STATES_FILE), 'utf8')).to.include('"s"');
  });

  for (const [what, text, said] of [
    ['that ends early', '{"form":1,"streams":[', 'is damaged'],
    ['that is empty', '', 'is damaged'],
    ['of a later form', '{"form":2,"streams":[]}', 'form 2'],
    ['without shards', '{"form":1,"streams":[{"stream":"a","gaps":[]}]}', 'is damaged'],
  ] as const)
    it(`given a file ${what}, then refuses it, names it and leaves it as it is`, async () => {
      await writeFile(file, text);
      const message = await refusal(FileShardStates.open(folder));
      expect(message).to.include(file).and.to.include(said);
      expect(await readFile(file, 'utf8')).to.equal(text);
      await rm(file);
      // The lock was given back.
      await (await FileShardStates.open(folder)).close();
    });

  it('given what a killed process had half written, then begins with what was there before', async () => {
    const states = await FileShardStates.open(folder);
    await states.add(STREAM, [shard('s')]);
    await states.close();
    await writeFile(`${file}.draft`, '{"form":1,"str');
    const again = await FileShardStates.open(folder);
    expect((await again.load(STREAM)).map(({ id }) => id)).to.deep.equal(['s']);
    await again.close();
  });

  it('has on the disk what calls at the same time have changed, when each of them resolves', async () => {
    const states = await FileShardStates.open(folder);
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    await Promise.all(
      ids.map(async (id) => {
        await states.add(STREAM, [shard(id)]);
        expect(await readFile(file, 'utf8')).to.include(`{"id":"${id}"`);
      }),
    );
    await states.close();
  });

  it('given a lock that somebody took away, then fails to write, and writes all once it can', async () => {
    const states = await FileShardStates.open(folder);
    await states.add(STREAM, [shard('s')]);
    const lock = join(folder, 'lock');
    const held = await readFile(lock);
    await rm(lock);
    await states.claim(STREAM, [{ shard: 's', epoch: 0 }], 'me').then(
      () => expect.fail('it was written'),
      (error: unknown) => expect((error as Fault).message).to.include('is not there any more'),
    );
    await writeFile(lock, held);
    await states.close();
    expect(await readFile(file, 'utf8')).to.include('"epoch":1');
  });
});
