import { expect } from 'chai';
import { BackPressure } from '../../src/application/back-pressure.ts';
import { type IndexOutcome, LATE_MS } from '../../src/application/index-outcome.ts';
import type { ReceivedAction } from '../../src/application/ports/search-action-source.ts';
import { Fault, type FaultKind } from '../../src/domain/fault.ts';
import { version } from '../support/factories.ts';
import { action, documentKey, Indexing, received } from './indexing.ts';

function inShort(outcome: IndexOutcome): string {
  return outcome.status === 'done' ? outcome.as : `${outcome.fault.kind} ${outcome.delayMs}`;
}

async function index(world: Indexing, ...messages: ReceivedAction[]) {
  return (await world.consumer().execute(messages)).outcomes.map(inShort);
}

describe('IndexDocuments', () => {
  it('given no messages, then it does nothing', async () => {
    const world = new Indexing();
    expect(await world.consumer().execute([])).to.deep.equal({ outcomes: [], unrepaired: [] });
    expect(world.imports).to.deep.equal([]);
  });

  it('given actions of several documents, then they are carried out in one import a collection', async () => {
    const world = new Indexing();
    const other = { ...action('N9', 9, '172'), key: { collection: 'other', id: 'x' } };
    expect(
      await index(
        world,
        received(action('N1', 1, '172')),
        received(other),
        received(action('N2', 2, '182')),
        received(action('N3', 3)),
      ),
    ).to.deep.equal(['written', 'written', 'written', 'deleted']);
    expect(world.imports).to.have.members(['registry FAA:N1,FAA:N2,FAA:N3', 'other x']);
    expect([await world.modelOf('N1'), await world.modelOf('N2')]).to.deep.equal(['172', '182']);
    expect(await world.fenceOf('N1')).to.deep.equal({ version: version(1), removed: false, revision: 0 });
    expect(await world.fenceOf('N3')).to.deep.equal({ version: version(3), removed: true, revision: 0 });
  });

  it('given an index that takes documents of all collections at once, then that is one request, and each has its own result', async () => {
    const world = new Indexing();
    const other = { ...action('N9', 9, '172'), key: { collection: 'other', id: 'x' } };
    const loads: string[] = [];
    world.hooks = {
      load: async () => void loads.push('load'),
      apply: async (collection) =>
        collection === 'other' ? [new Fault('permanent', 'x is refused')] : undefined,
    };
    const messages = [action('N1', 1, '172'), other, action('N2', 2, '182'), action('N3', 3)].map((each) =>
      received(each),
    );
    const { outcomes } = await world.consumer({}, undefined, { takesAll: true }).execute(messages);
    expect(outcomes.map(inShort)).to.deep.equal(['written', 'permanent 30000', 'written', 'deleted']);
    expect(world.imports).to.deep.equal(['registry FAA:N1,FAA:N2,FAA:N3 and other x']);
    expect(loads).to.have.length(1);
    expect(await world.fenceOf('N2')).to.deep.equal({ version: version(2), removed: false, revision: 0 });
  });

  it('given several actions of a document, in any order, then the newest is carried out', async () => {
    const world = new Indexing();
    const messages = [action('N1', 2, '182'), action('N1', 3, '206'), action('N1', 1, '172')].map((each) =>
      received(each),
    );
    expect(await index(world, ...messages)).to.deep.equal(['superseded', 'written', 'superseded']);
    expect(world.imports).to.deep.equal(['registry FAA:N1']);
    expect(await world.modelOf('N1')).to.equal('206');
  });

  it('given names with spaces, then documents of two collections are not taken for one', async () => {
    const world = new Indexing();
    const keys = [
      { collection: 'a', id: 'b c' },
      { collection: 'a b', id: 'c' },
    ];
    const messages = keys.map((key, n) => received({ ...action('N1', n + 1, '172'), key }));
    expect(await index(world, ...messages)).to.deep.equal(['written', 'written']);
    expect(world.imports).to.have.members(['a b c', 'a b c']).and.have.length(2);
  });

  it('given an action that is not newer than the document, then it is dropped', async () => {
    const world = new Indexing();
    await index(world, received(action('N1', 2)));
    expect(await index(world, received(action('N1', 1, '172')))).to.deep.equal(['late']);
    expect(await index(world, received(action('N1', 2, '172')))).to.deep.equal(['late']);
    expect(world.imports).to.have.length(1);
    expect(await world.modelOf('N1')).to.equal('none');
  });

  it('given a message that cannot be read, then it is given back, and others are carried out', async () => {
    const world = new Indexing();
    const outcomes = await index(
      world,
      received(new Fault('permanent', 'message-1 is no JSON')),
      received(action('N1', 1, '172')),
    );
    expect(outcomes).to.deep.equal(['permanent 30000', 'written']);
  });

  describe('given writes that fail', () => {
    const failing = (world: Indexing, ids: readonly string[], fault: Fault) => {
      world.hooks.applied = (writes, results) =>
        writes.map(({ id }, n) => (ids.includes(id) ? fault : (results[n] ?? 'done')));
    };
    const afterwards: readonly (readonly [what: string, fault: Fault, delayMs: number])[] = [
      ['not known to be done', new Fault('transient', 'no answer'), LATE_MS],
      ['refused under load', new BackPressure('503', 2_500), 2_500],
      ['refused until an operator acts', new Fault('configuration', 'no collection'), 300_000],
    ];
    for (const [what, fault, delayMs] of afterwards)
      it(`when one is ${what}, then all of its document are given back, and others are done`, async () => {
        const world = new Indexing();
        failing(world, ['FAA:N1'], fault);
        const outcomes = await index(
          world,
          received(action('N1', 1, '172')),
          received(action('N2', 2, '172')),
          received(action('N1', 3, '182')),
        );
        const given = `${fault.kind} ${delayMs}`;
        expect(outcomes).to.deep.equal([given, 'written', given]);
        expect(world.imports, 'tried once').to.have.length(1);
        expect(await world.fenceOf('N1')).to.equal(undefined);
      });

    it('when the newest is refused for good, then the next older one decides', async () => {
      const world = new Indexing();
      world.hooks.applied = (writes, results) =>
        writes.map(({ document }, n) =>
          document?.['model'] === 'bad' ? new Fault('permanent', 'refused') : (results[n] ?? 'done'),
        );
      world.hooks.apply = async (_, writes) =>
        writes.some(({ document }) => document?.['model'] === 'bad')
          ? writes.map(() => new Fault('permanent', 'refused'))
          : undefined;
      const outcomes = await index(
        world,
        received(action('N1', 1, '172')),
        received(action('N1', 2, '182')),
        received(action('N1', 3, 'bad')),
      );
      expect(outcomes).to.deep.equal(['superseded', 'written', 'permanent 30000']);
      expect(await world.modelOf('N1')).to.equal('182');
      expect((await world.fenceOf('N1'))?.version).to.deep.equal(version(2));
    });

    it('when the newest is refused, and the next older one is late, then only the first is given back', async () => {
      const world = new Indexing();
      await index(world, received(action('N1', 1, '172')));
      world.hooks.apply = async (_, writes) => writes.map(() => new Fault('permanent', 'refused'));
      const outcomes = await index(world, received(action('N1', 2, 'bad')), received(action('N1', 1, '172')));
      expect(outcomes).to.deep.equal(['permanent 30000', 'late']);
    });

    it('when the call itself throws, then nothing is known of any of them', async () => {
      const world = new Indexing();
      world.hooks.apply = () => Promise.reject(new Error('connection reset'));
      expect(await index(world, received(action('N1', 1, '172')))).to.deep.equal([`transient ${LATE_MS}`]);
    });

    it('when there is no result for one, then nothing is known of it', async () => {
      const world = new Indexing();
      world.hooks.applied = (_, results) => results.slice(0, 1);
      expect(
        await index(world, received(action('N1', 1, '172')), received(action('N2', 1, '172'))),
      ).to.deep.equal(['written', `transient ${LATE_MS}`]);
    });
  });

  describe('given a fence that others move meanwhile', () => {
    /** Somebody else carries out an action between a call of ours and the next. */
    const meanwhile = (world: Indexing, ...actions: ReturnType<typeof action>[]) => {
      let next = 0;
      return async () => {
        const other = actions[next++];
        if (other !== undefined) await world.consumer({}, {}).execute([received(other)]);
        return undefined;
      };
    };

    it('when that is older, then the action is carried out again', async () => {
      const world = new Indexing();
      world.hooks.load = meanwhile(world, action('N1', 1, '172'));
      expect(await index(world, received(action('N1', 2, '182')))).to.deep.equal(['written']);
      expect(world.imports).to.have.length(3);
      expect(await world.modelOf('N1')).to.equal('182');
      expect((await world.fenceOf('N1'))?.version).to.deep.equal(version(2));
    });

    it('when that is newer, then the document becomes what its row is, as the older one stands over it', async () => {
      const world = new Indexing();
      world.putRow('N1', '206');
      world.hooks.load = meanwhile(world, action('N1', 2, '182'));
      expect(await index(world, received(action('N1', 1, '172')))).to.deep.equal(['repaired']);
      expect(await world.modelOf('N1')).to.equal('206');
      expect(await world.fenceOf('N1')).to.deep.equal({ version: version(2), removed: false, revision: 1 });
    });

    it('when that is newer, and the row is gone, then so is the document', async () => {
      const world = new Indexing();
      world.hooks.load = meanwhile(world, action('N1', 2));
      expect(await index(world, received(action('N1', 1, '172')))).to.deep.equal(['repaired']);
      expect(await world.modelOf('N1')).to.equal('none');
      expect(await world.fenceOf('N1')).to.deep.equal({ version: version(2), removed: true, revision: 1 });
    });

    it('when that is the same, then the document becomes what its row is, and the fence moves under whoever wrote a newer one', async () => {
      const world = new Indexing();
      world.putRow('N1', '172');
      world.hooks.load = meanwhile(world, action('N1', 1, '172'));
      expect(await index(world, received(action('N1', 1, '172')))).to.deep.equal(['repaired']);
      expect(await world.modelOf('N1')).to.equal('172');
      expect(await world.fenceOf('N1')).to.deep.equal({ version: version(1), removed: false, revision: 1 });
    });

    it('when that is the same, and its action does not say which row it is of, then that is written again', async () => {
      const world = new Indexing();
      const rowless = { ...action('N1', 1, '172'), row: undefined };
      world.hooks.load = meanwhile(world, rowless);
      expect(await index(world, received(rowless))).to.deep.equal(['repaired']);
      expect(await world.modelOf('N1')).to.equal('172');
      expect(await world.fenceOf('N1')).to.deep.equal({ version: version(1), removed: false, revision: 1 });
    });

    it('when that is the same, and a newer one was written that is still to move it, then the newer one stays', async () => {
      const world = new Indexing();
      world.putRow('N1', '206');
      await index(world, received(action('N1', 9, '150')));
      let mayMove = () => {};
      const moving = new Promise<void>((resolve) => (mayMove = resolve));
      let newer: Promise<unknown> | undefined;
      let isHeldUp = true;
      // Held up right before its write, while another one is given the same action, and a third one a newer.
      world.hooks.apply = async () => {
        if (!isHeldUp) return undefined;
        isHeldUp = false;
        await world.consumer({}, {}).execute([received(action('N1', 10, '172'), { receives: 2 })]);
        await new Promise<void>((hasWritten) => {
          const advance = async () => {
            hasWritten();
            await moving;
            return undefined;
          };
          newer = world.consumer({}, { advance }).execute([received(action('N1', 12, '206'))]);
        });
        return undefined;
      };
      await index(world, received(action('N1', 10, '172')));
      mayMove();
      await newer;
      expect((await world.fenceOf('N1'))?.version).to.deep.equal(version(12));
      expect(await world.modelOf('N1')).to.equal('206');
    });

    it('when it moves again while the row is read, then the document is repaired once more', async () => {
      const world = new Indexing();
      world.putRow('N1', 'as it was');
      await index(world, received(action('N1', 2, '182')));
      let reads = 0;
      world.hooks.read = async () => {
        if (++reads > 1) return undefined;
        world.putRow('N1', '206');
        await world.consumer({}, {}).execute([received(action('N1', 3, '206'))]);
        return undefined;
      };
      expect(await index(world, received(action('N1', 1, '172'), { receives: 2 }))).to.deep.equal([
        'repaired',
      ]);
      expect(reads).to.equal(2);
      expect(await world.modelOf('N1')).to.equal('206');
      expect(await world.fenceOf('N1')).to.deep.equal({ version: version(3), removed: false, revision: 1 });
    });

    it('when it moves each time, then it is given back after some rounds', async () => {
      const world = new Indexing();
      let sequence = 10;
      world.hooks.load = async () => {
        await world.consumer({}, {}).execute([received(action('N1', sequence++, '206'))]);
      };
      world.putRow('N1', '206');
      const { outcomes } = await world
        .consumer({ conflicts: 3 })
        .execute([received(action('N1', 1, '172'), { receives: 2 })]);
      expect(outcomes.map(inShort)).to.deep.equal(['conflict 1000']);
      expect(sequence).to.equal(13);
    });
  });

  describe('given an action that is no newer than its document, and was delivered before', () => {
    it('then the document becomes what its row is: whoever had it may have written it late', async () => {
      const world = new Indexing();
      world.putRow('N1', '206');
      await index(world, received(action('N1', 2, '206')));
      await world.engine.apply('registry', [
        { ...documentKey('N1'), document: { model: '172' }, version: version(1) },
      ]);
      expect(await index(world, received(action('N1', 1, '172'), { receives: 2 }))).to.deep.equal([
        'repaired',
      ]);
      expect(await world.modelOf('N1')).to.equal('206');
    });

    it('when the fence is at its version, and a newer one was written that is still to move it, then the newer one stays', async () => {
      const world = new Indexing();
      world.putRow('N1', '206');
      await index(world, received(action('N1', 10, '172')));
      let mayMove = () => {};
      const moving = new Promise<void>((resolve) => (mayMove = resolve));
      let newer: Promise<unknown> | undefined;
      await new Promise<void>((hasWritten) => {
        const advance = async () => {
          hasWritten();
          await moving;
          return undefined;
        };
        newer = world.consumer({}, { advance }).execute([received(action('N1', 12, '206'))]);
      });
      // Whoever had it first was suspended right before its write, and ends right after it.
      await world.engine.apply('registry', [
        { ...documentKey('N1'), document: { model: '172' }, version: version(10) },
      ]);
      expect(await index(world, received(action('N1', 10, '172'), { receives: 3 }))).to.deep.equal([
        'repaired',
      ]);
      mayMove();
      await newer;
      expect((await world.fenceOf('N1'))?.version).to.deep.equal(version(12));
      expect(await world.modelOf('N1')).to.equal('206');
    });

    it('when the fence is at its version, and it says of no row, then it is written once more', async () => {
      const world = new Indexing();
      const rowless = { ...action('N1', 2, '172'), row: undefined };
      await index(world, received(rowless));
      const { outcomes, unrepaired } = await world.consumer().execute([received(rowless, { receives: 2 })]);
      expect([outcomes.map(inShort), unrepaired]).to.deep.equal([['repaired'], []]);
      expect(await world.fenceOf('N1')).to.deep.equal({ version: version(2), removed: false, revision: 1 });
    });

    it('when it does not say which row it is of, then that is told, and it is dropped', async () => {
      const world = new Indexing();
      await index(world, received(action('N1', 2, '206')));
      const rowless = { ...action('N1', 1, '172'), row: undefined };
      const { outcomes, unrepaired } = await world.consumer().execute([received(rowless, { receives: 2 })]);
      expect(outcomes.map(inShort)).to.deep.equal(['late']);
      expect(unrepaired).to.deep.equal([documentKey('N1')]);
    });

    it('when another message says which row it is of, then that is enough', async () => {
      const world = new Indexing();
      world.putRow('N1', '206');
      await index(world, received(action('N1', 2, '206')));
      const rowless = { ...action('N1', 1, '172'), row: undefined };
      expect(
        await index(world, received(rowless, { receives: 2 }), received(action('N1', 0, '150'))),
      ).to.deep.equal(['repaired', 'late']);
    });

    for (const kind of ['transient', 'permanent'] as const satisfies FaultKind[])
      it(`when its row cannot be read (${kind}), then it is given back`, async () => {
        const world = new Indexing();
        await index(world, received(action('N1', 2, '206')));
        world.hooks.read = async () => [new Fault(kind, 'not read')];
        const outcomes = await index(
          world,
          received(action('N1', 1, '172'), { receives: 2 }),
          received(action('N2', 1, '172')),
        );
        expect(outcomes).to.deep.equal([`${kind} ${kind === 'permanent' ? 30_000 : 1_000}`, 'written']);
      });
  });

  describe('given fences that fail', () => {
    it('when they cannot be loaded, then nothing is written, and all are given back', async () => {
      const world = new Indexing();
      world.hooks.load = () => Promise.reject(new Fault('transient', 'throttled'));
      expect(await index(world, received(action('N1', 1, '172')))).to.deep.equal(['transient 1000']);
      expect(world.imports).to.deep.equal([]);
    });

    it('when it is not known whether one was moved, then it is loaded, and tells', async () => {
      const world = new Indexing();
      let calls = 0;
      world.hooks.advance = async (moves) => {
        if (++calls > 1) return undefined;
        await world.store.advance(moves.slice(0, 1));
        return moves.map(() => new Fault('transient', 'no answer'));
      };
      world.putRow('N1', '172');
      const { outcomes } = await world
        .consumer({ attempts: 2 })
        .execute([received(action('N1', 1, '172')), received(action('N2', 2, '182'))]);
      // It may have been somebody else who moved it to there.
      expect(outcomes.map(inShort)).to.deep.equal(['repaired', 'written']);
      expect(world.imports).to.deep.equal(['registry FAA:N1,FAA:N2', 'registry FAA:N2,FAA:N1']);
      expect(await world.modelOf('N1')).to.equal('172');
    });

    it('when one cannot be moved, then its message is given back', async () => {
      const world = new Indexing();
      world.hooks.advance = async (moves) => moves.map(() => new Fault('transient', 'throttled'));
      expect(await index(world, received(action('N1', 1, '172')))).to.deep.equal(['transient 1000']);
    });
  });

  describe('given a time limit', () => {
    it('when no time remains once the fences are read, then nothing is written', async () => {
      const world = new Indexing();
      const limit = { signal: new AbortController().signal, remaining: () => 0 };
      const { outcomes } = await world.consumer().execute([received(action('N1', 1, '172'))], limit);
      expect(outcomes.map(inShort)).to.deep.equal(['transient 1000']);
      expect(world.imports).to.deep.equal([]);
    });

    it('when the time is up during an import, then it returns at once, and nothing is known of it', async () => {
      const world = new Indexing();
      const controller = new AbortController();
      let answer: (results: undefined) => void = () => {};
      world.hooks.apply = () => {
        controller.abort();
        return new Promise((resolve) => (answer = resolve));
      };
      const limit = { signal: controller.signal, remaining: () => 1_000 };
      const { outcomes } = await world.consumer().execute([received(action('N1', 1, '172'))], limit);
      expect(outcomes.map(inShort)).to.deep.equal([`transient ${LATE_MS}`]);
      answer(undefined);
      await new Promise(setImmediate);
      expect(await world.fenceOf('N1'), 'nothing follows').to.equal(undefined);
    });
  });
});
