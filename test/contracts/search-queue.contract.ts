import { expect } from 'chai';
import type { SearchQueue } from '../../src/application/ports/search-queue.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import type { DocumentFields, DocumentKey } from '../../src/domain/search-document.ts';
import { decimal } from '../support/factories.ts';
import { type Capability, whenAble } from './capability.ts';
import { indexedFields } from '../support/comparable.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../support/hostile.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';

/** A search queue, and the end at which its indexer sits. */
export interface SearchQueueHarness {
  readonly queue: SearchQueue;
  /** Takes everything off the queue that is delivered until no more comes, in the order of delivery. */
  receive(): Promise<readonly SearchAction[]>;
  close?(): Promise<void>;
}

export interface SearchQueueFeatures {
  /** Delivers an action that is older than one that it delivered for the same document, and leaves that to the index. */
  readonly deliversOlderActions: Capability;
  /** Keeps the character U+0000 in text. */
  readonly nulCharacters: Capability;
  /** How many bytes of JSON one document may have. The largest row of the table has 400 KB. */
  readonly largestDocument: number;
}

/** What every search queue promises. Each test uses documents of its own. */
export function searchQueueContract(
  name: string,
  setUp: () => Promise<SearchQueueHarness>,
  features: SearchQueueFeatures,
): void {
  describe(`${name} keeps the contract of a search queue`, () => {
    let harness: SearchQueueHarness;
    before(async () => {
      harness = await setUp();
    });
    after(() => harness.close?.());

    const send = async (...actions: SearchAction[]) =>
      expect(await harness.queue.send(actions)).to.deep.equal(actions.map(() => 'done'));
    /** What the indexer gets of the actions' documents. */
    const received = async (...actions: SearchAction[]) => {
      const mine = new Set(actions.map(nameOf));
      return (await harness.receive()).filter((action) => mine.has(nameOf(action)));
    };
    const expectReceived = async (...actions: SearchAction[]) =>
      expect((await received(...actions)).map(comparableAction)).to.have.deep.members(
        actions.map(comparableAction),
      );

    it('does nothing with nothing to do', async () => {
      expect(await harness.queue.send([])).to.deep.equal([]);
    });

    it('delivers an upsert, whole: key, version, identity and document', async () => {
      const action = upsert(aKey(), 1);
      await send(action);
      await expectReceived(action);
    });

    it('delivers a deletion as one', async () => {
      const action = deletion(aKey(), 1);
      await send(action);
      const [delivered] = await received(action);
      expect(delivered?.document).to.equal(undefined);
      expect(delivered && comparableAction(delivered)).to.deep.equal(comparableAction(action));
    });

    it('delivers an action once', async () => {
      const action = upsert(aKey(), 1);
      await send(action);
      await expectReceived(action);
      expect(await received(action)).to.deep.equal([]);
    });

    it('accepts many actions at once, each in its place', async () => {
      const actions = range(130).map((n) => (n % 3 === 0 ? deletion(aKey(), n + 1) : upsert(aKey(), n + 1)));
      await send(...actions);
      await expectReceived(...actions);
    });

    it('keeps versions apart however long their numbers are', async () => {
      const key = aKey();
      const sequences = ['9', '10', '99999999999999999999', '100000000000000000000000000000000000000000'];
      const actions = sequences.map((sequence) => upsert(key, sequence));
      for (const action of actions) await send(action);
      expect((await received(upsert(key, 1))).map(({ version }) => version.sequence)).to.deep.equal(
        sequences,
      );
    });

    it('delivers what an unnamed stream sent', async () => {
      const action = {
        ...upsert(aKey(), 1),
        version: { generation: 0, epoch: '', sequence: '1' },
        identity: { stream: '', sequence: '1' },
      };
      await send(action);
      await expectReceived(action);
    });

    describe('order', () => {
      it('delivers the actions of one document in the order in which they were sent', async () => {
        const key = aKey();
        const actions = range(30).map((n) => (n % 2 === 0 ? upsert(key, n + 1) : deletion(key, n + 1)));
        for (const action of actions) await send(action);
        expect((await received(upsert(key, 1))).map(comparableAction)).to.deep.equal(
          actions.map(comparableAction),
        );
      });

      it('keeps that order for many documents whose actions come mixed in large calls', async () => {
        const keys = range(40).map(() => aKey());
        for (const round of range(4)) await send(...keys.map((key, n) => upsert(key, round * 100 + n + 1)));
        const delivered = await received(...keys.map((key) => upsert(key, 1)));
        for (const [n, key] of keys.entries())
          expect(
            delivered.filter((action) => action.key.id === key.id).map(({ version }) => version.sequence),
          ).to.deep.equal(range(4).map((round) => `${round * 100 + n + 1}`));
      });

      it('keeps that order across what is sent while the indexer works', async () => {
        const key = aKey();
        await send(upsert(key, 1));
        const first = await received(upsert(key, 1));
        await send(upsert(key, 2));
        await send(deletion(key, 3));
        const later = await received(upsert(key, 1));
        expect([...first, ...later].map(({ version }) => version.sequence)).to.deep.equal(['1', '2', '3']);
      });
    });

    describe('repeats', () => {
      it('accepts an action again, and does not deliver it again', async () => {
        const action = upsert(aKey(), 1);
        await send(action);
        await send(action);
        await expectReceived(action);
        await send(action);
        expect(await received(action)).to.deep.equal([]);
      });

      it('accepts a whole call again, and delivers only what is new in it', async () => {
        const [old, fresh] = [range(20).map(() => upsert(aKey(), 1)), range(20).map(() => upsert(aKey(), 2))];
        await send(...old);
        await expectReceived(...old);
        await send(...old.flatMap((action, n) => [action, fresh[n]!]));
        expect((await received(...old, ...fresh)).map(comparableAction)).to.have.deep.members(
          fresh.map(comparableAction),
        );
      });

      it('takes changes with one number of different streams for different', async () => {
        const key = aKey();
        const first = upsert(key, 5);
        const second = {
          ...upsert(key, 5, { name: 'in the new stream' }),
          version: { generation: 0, epoch: '2026-02-01T00:00:00.000', sequence: '5' },
          identity: { stream: 'arn:new', sequence: '5' },
        };
        await send(first);
        await send(second);
        expect((await received(first)).map(comparableAction)).to.deep.equal(
          [first, second].map(comparableAction),
        );
      });

      it('takes actions with one identity for different when their documents are', async () => {
        const id = unique('document');
        const actions = [
          upsert({ collection: 'registry', id }, 1),
          upsert({ collection: 'icao_aircraft', id }, 1),
          upsert({ collection: 'registry', id: `${id}:` }, 1),
          upsert({ collection: 'registry', id: id.toUpperCase() }, 1),
        ];
        await send(...actions);
        await expectReceived(...actions);
      });

      whenAble(
        features.deliversOlderActions,
        'delivers an older action that was not sent before, in its place',
        async () => {
          const key = aKey();
          await send(upsert(key, 2));
          await send(upsert(key, 1));
          expect((await received(upsert(key, 1))).map(({ version }) => version.sequence)).to.deep.equal([
            '2',
            '1',
          ]);
        },
      );
    });

    describe('with many callers at once', () => {
      it('delivers what all of them sent, once', async () => {
        const actions = range(60).map((n) => upsert(aKey(), n + 1));
        await Promise.all([...actions, ...actions].map((action) => send(action)));
        await expectReceived(...actions);
      });

      it("keeps the order of each caller's documents", async () => {
        const keys = range(10).map(() => aKey());
        await Promise.all(
          keys.map(async (key) => {
            for (const n of range(5)) await send(upsert(key, n + 1));
          }),
        );
        const delivered = await received(...keys.map((key) => upsert(key, 1)));
        for (const key of keys)
          expect(
            delivered.filter((action) => action.key.id === key.id).map(({ version }) => version.sequence),
          ).to.deep.equal(['1', '2', '3', '4', '5']);
      });
    });

    describe('whatever documents hold,', () => {
      for (const text of HOSTILE_NAMES)
        it(`keeps the id ${JSON.stringify(text.slice(0, 60))}`, async () => {
          const action = upsert({ collection: 'registry', id: unique(text) }, 1, { name: text });
          await send(action);
          await expectReceived(action);
        });

      for (const [what, value] of HOSTILE_VALUES)
        it(`keeps ${what} as an index holds it`, async () => {
          const action = upsert(aKey(), 1, { value });
          await send(action);
          await expectReceived(action);
        });

      whenAble(features.nulCharacters, 'keeps U+0000', async () => {
        const action = upsert(aKey(), 1, { name: 'a\u0000b' });
        await send(action);
        await expectReceived(action);
      });

      it('keeps all numbers, sets and bytes of one document', async () => {
        const action = upsert(aKey(), 1, Object.fromEntries(HOSTILE_VALUES));
        await send(action);
        await expectReceived(action);
      });

      for (const [what, unit] of [
        ['letters and quotes', 'Ü"'],
        ['characters beyond the basic plane', '🛩\u{10ffff}'],
        ['halves of such characters', '\ud83d '],
      ] as const)
        it(`takes documents of ${what} as large as they may be, and more of them than one request holds`, async () => {
          const overhead = 1500;
          const times = (features.largestDocument - overhead) / (Buffer.byteLength(JSON.stringify(unit)) - 2);
          const actions = range(4).map((n) => upsert(aKey(), n + 1, { text: unit.repeat(times) }));
          await send(...actions);
          await expectReceived(...actions);
        });
    });
  });
}

const EPOCH = '2026-01-05T09:00:00.000';

function aKey(): DocumentKey {
  return { collection: 'registry', id: unique('document') };
}

function upsert(key: DocumentKey, sequence: number | string, fields: DocumentFields = {}): SearchAction {
  const document = { id: key.id, year: decimal('1999'), ...fields };
  return { ...deletion(key, sequence), document };
}

function deletion(key: DocumentKey, sequence: number | string): SearchAction {
  return {
    key,
    version: { generation: 0, epoch: EPOCH, sequence: String(sequence) },
    identity: {
      stream: `arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft/stream/${EPOCH}`,
      sequence: String(sequence),
    },
    document: undefined,
  };
}

function nameOf({ key }: SearchAction): string {
  return JSON.stringify([key.collection, key.id]);
}

function comparableAction({ key, version, identity, document }: SearchAction): unknown {
  return {
    key: { collection: key.collection, id: key.id },
    version: { ...version },
    identity: { ...identity },
    document: indexedFields(document),
  };
}
