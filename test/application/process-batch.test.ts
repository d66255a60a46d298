import { expect } from 'chai';
import { verify } from '../../src/application/verify/verify.ts';
import { Fault } from '../../src/domain/fault.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { memoryBackend } from '../adapters/memory/memory-harness.ts';
import { entity as entityOf, type EntityParts } from '../support/factories.ts';
import { range } from '../support/range.ts';
import {
  defaultRow,
  Encoded,
  faaRow,
  foreignRow,
  icaoTypeRow,
  icaoVariantRow,
  imageRow,
  linkRow,
  matcherTupleRow,
  SourceTable,
  strangeRow,
  streamRecord,
  type TableRow,
  withDynamodb,
} from '../support/stream-records.ts';
import {
  RecordingLogger,
  ScriptedImages,
  ScriptedMatcher,
  ScriptedQueue,
  ScriptedReplica,
} from './doubles.ts';
import { NO_TALLIES } from '../../src/application/tallies.ts';
import { aWorker, derivedBy, inShort } from './worker.ts';

const entity: EntityParts = { orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: 'N1' };
const TUPLE = ['CESSNA', '172S', 'C172'];
const throttled = new Fault('transient', 'throttled');

/** An aircraft whose model cannot be decoded. */
function poison(registration: string): TableRow {
  return faaRow(registration, { model: new Encoded({ N: 'none' }) });
}

const BROKEN = 'permanent: NewImage.model is not a valid number: "none"';
const HELD_BACK = 'transient: held back: an earlier change of the same item failed';

describe('ProcessBatch', () => {
  describe('outcomes', () => {
    it('given an empty batch, then there are none', async () => {
      const result = await aWorker().handle();
      expect(result).to.deep.equal({ outcomes: [], ...NO_TALLIES });
    });

    it('given a row named with two dots, then its document comes and goes under an encoded id', async () => {
      const table = new SourceTable();
      const { handle, backend } = aWorker();
      await handle(table.put(icaoTypeRow('..')));
      const [upsert] = backend.queue.drain();
      expect(upsert).to.deep.include({
        key: { collection: 'icao_aircraft', id: '%2E%2E' },
        document: { id: '%2E%2E', designator: '..' },
      });
      backend.index.apply([upsert!]);
      expect((await verify(backend.state, fleet)).drift).to.deep.equal([]);
      await handle(table.remove(icaoTypeRow('..')));
      expect(backend.queue.drain()).to.have.nested.property('[0].key.id', '%2E%2E');
    });

    it('given rows of every kind, then each record has its own, in order', async () => {
      const table = new SourceTable();
      const { handleNamed, backend } = aWorker();
      const { outcomes, search, defaultImages, matcher } = await handleNamed({
        registration: table.put(faaRow('N1')),
        strange: table.put(strangeRow('x')),
        image: table.put(imageRow(entity, '1')),
        variant: table.put(icaoVariantRow('x')),
        link: table.put(linkRow('1', '2', TUPLE)),
        'default row': table.put(defaultRow(entity, { image_id: '1' })),
        'tuple row': table.put(matcherTupleRow('CESSNA', '172S', 'C172', 1)),
        removal: table.remove(faaRow('N1')),
      });
      expect(outcomes).to.deep.equal({
        registration: 'applied',
        strange: 'ignored',
        image: 'applied',
        variant: 'ignored',
        link: 'applied',
        'default row': 'ignored',
        'tuple row': 'ignored',
        removal: 'applied',
      });
      expect(search).to.deep.equal({ upserts: 1, deletes: 1, unchanged: 0, repeated: 0 });
      expect(defaultImages).to.deep.equal({ ...NO_TALLIES.defaultImages, kept: 1 });
      expect(matcher).to.deep.equal({ ...NO_TALLIES.matcher, incremented: 1 });
      expect((await derivedBy(backend)).counts).to.deep.equal([[...TUPLE, 1]]);
    });

    it('given a change that alters nothing derived, then it is applied all the same', async () => {
      const table = new SourceTable();
      const { outcomes, search } = await aWorker().handle(
        table.put(foreignRow('D-EABC')),
        table.put(foreignRow('D-EABC', { note: 'not in the index' })),
      );
      expect(inShort(outcomes)).to.deep.equal(['applied', 'applied']);
      expect(search).to.deep.equal({ upserts: 1, deletes: 0, unchanged: 1, repeated: 0 });
    });
  });

  describe('given a record that cannot be handled', () => {
    it('then it fails, its item’s later records are held back, and others go on', async () => {
      const table = new SourceTable();
      const { handleNamed, backend } = aWorker();
      const { outcomes } = await handleNamed({
        before: table.put(faaRow('N1', { model: 'before' })),
        another: table.put(faaRow('N2')),
        broken: table.put(poison('N1')),
        third: table.put(faaRow('N3')),
        after: table.put(faaRow('N1', { model: 'after' })),
        removal: table.remove(faaRow('N1')),
        namesake: table.put(foreignRow('N1')),
      });
      expect(outcomes).to.deep.equal({
        before: 'applied',
        another: 'applied',
        broken: BROKEN,
        third: 'applied',
        after: `${HELD_BACK} (sequence number 3)`,
        removal: `${HELD_BACK} (sequence number 3)`,
        namesake: 'applied',
      });
      const { documents } = await derivedBy(backend);
      expect(documents.map(([, id]) => id)).to.deep.equal(['FAA:N1', 'FAA:N2', 'FAA:N3', 'FOREIGN:N1']);
      expect(JSON.stringify(documents[0]), 'what was before the failure').to.include('before');
    });

    it('then nothing of what was held back reaches the replica', async () => {
      const replica = new ScriptedReplica();
      const table = new SourceTable();
      await aWorker({ replica }).handle(
        table.put(faaRow('N1')),
        table.put(poison('N1')),
        table.put(faaRow('N1', { model: 'after' })),
        table.put(strangeRow('x')),
      );
      expect(replica.calls.map((changes) => changes.map(({ version }) => version.sequence))).to.deep.equal([
        ['1'],
      ]);
    });

    it('then the record of an item that is not known holds nobody back', async () => {
      const table = new SourceTable();
      const { outcomes } = await aWorker().handle(
        { eventName: 'INSERT' },
        table.put(faaRow('N1')),
        null,
        table.put(faaRow('N1', { model: 'x' })),
      );
      expect(inShort(outcomes)).to.deep.equal(['failed', 'applied', 'failed', 'applied']);
    });

    it('then a record whose keys alone can be read holds its item back', async () => {
      const table = new SourceTable();
      const unreadable = withDynamodb(table.put(faaRow('N1')), { SequenceNumber: undefined });
      const { outcomes } = await aWorker().handleNamed({
        unreadable,
        later: table.put(faaRow('N1', { model: 'x' })),
        another: table.put(faaRow('N2')),
      });
      expect(outcomes).to.deep.equal({
        unreadable: 'permanent: the record has no SequenceNumber',
        later: HELD_BACK,
        another: 'applied',
      });
    });

    it('then a second failure of the item is held back by the first', async () => {
      const table = new SourceTable();
      const unreadable = { ...table.put(faaRow('N1')), eventName: 'UPSERT' };
      const { outcomes } = await aWorker().handle(unreadable, unreadable);
      expect(inShort(outcomes)).to.deep.equal(['failed', 'held back']);
    });

    it('then a row that contradicts its key fails', async () => {
      const { outcomes } = await aWorker().handleNamed({
        image: streamRecord({ after: imageRow(entity, '1', { entity_id: 'N2' }) }),
      });
      expect(outcomes['image']).to.match(
        /^permanent: the image row \["IMAGES#[^"]*","IMG#1"\] contradicts its key: entity_id is "N2"/,
      );
    });

    it('then a stream whose view type does not do fails, and names the one that does', async () => {
      const { outcomes } = await aWorker({ replica: 'none' }).handleNamed({
        row: streamRecord({ after: faaRow('N1'), viewType: 'KEYS_ONLY' }),
        image: streamRecord({ after: imageRow({ ...entity, orgId: 'other' }, '1'), viewType: 'KEYS_ONLY' }),
      });
      expect(outcomes['row']).to.match(
        /^configuration: .*set the table's StreamViewType to NEW_AND_OLD_IMAGES$/,
      );
      expect(outcomes['image']).to.equal('applied');
    });
  });

  describe('given the same change more than once in a batch', () => {
    const record = streamRecord({ after: linkRow('1', '2', TUPLE), sequence: 5 });

    it('then it is handled once', async () => {
      const { handle, backend } = aWorker();
      const { outcomes } = await handle(record, { ...record, eventID: 'another' }, record);
      expect(inShort(outcomes)).to.deep.equal(['applied', 'duplicate', 'duplicate']);
      expect((await derivedBy(backend)).counts).to.deep.equal([[...TUPLE, 1]]);
    });

    it('with another record of the item between, then that is handled too', async () => {
      const { handle, backend } = aWorker();
      const { outcomes } = await handle(
        record,
        streamRecord({ before: linkRow('1', '2', TUPLE), sequence: 6 }),
        record,
      );
      expect(inShort(outcomes)).to.deep.equal(['applied', 'applied', 'duplicate']);
      expect((await derivedBy(backend)).counts).to.deep.equal([]);
    });

    it('but with another content, then the second fails, and the item’s later records with it', async () => {
      const { handleNamed, backend } = aWorker();
      const { outcomes } = await handleNamed({
        first: record,
        other: streamRecord({ after: linkRow('1', '2', ['CESSNA', '182T', 'C182']), sequence: 5 }),
        removal: streamRecord({ before: linkRow('1', '2'), sequence: 6 }),
        repeat: record,
      });
      expect(outcomes).to.deep.equal({
        first: 'applied',
        other: 'permanent: two different records of this item carry sequence number 5',
        removal: `${HELD_BACK} (sequence number 5)`,
        repeat: `${HELD_BACK} (sequence number 5)`,
      });
      expect((await derivedBy(backend)).counts).to.deep.equal([[...TUPLE, 1]]);
    });

    it('but of another operation, then the second fails', async () => {
      const { outcomes } = await aWorker().handle(
        streamRecord({ before: faaRow('N1'), after: faaRow('N1'), sequence: 5 }),
        { ...streamRecord({ before: faaRow('N1'), after: faaRow('N1'), sequence: 5 }), eventName: 'INSERT' },
      );
      expect(inShort(outcomes)).to.deep.equal(['applied', 'failed']);
    });

    it('of different items or different streams, then they are different changes', async () => {
      const elsewhere =
        'arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft/stream/2027-01-01T00:00:00.000';
      const { outcomes } = await aWorker().handle(
        record,
        streamRecord({ after: linkRow('1', '3', TUPLE), sequence: 5 }),
        streamRecord({ after: linkRow('1', '2'), sequence: 5, streamArn: elsewhere }),
      );
      expect(inShort(outcomes)).to.deep.equal(['applied', 'applied', 'applied']);
    });

    it('behind another item’s change of the same number, then it is handled once all the same', async () => {
      const first = streamRecord({ after: faaRow('N1'), sequence: 7 });
      const namesake = streamRecord({ after: faaRow('N2'), sequence: 7 });
      const { outcomes, search } = await aWorker().handle(first, namesake, first, namesake);
      expect(inShort(outcomes)).to.deep.equal(['applied', 'applied', 'duplicate', 'duplicate']);
      expect(search.upserts).to.equal(2);
    });

    it('and it fails, then its repeat is held back', async () => {
      const matcher = new ScriptedMatcher({ apply: async (moves) => moves.map(() => throttled) });
      const { outcomes } = await aWorker({ matcher }).handle(record, record);
      expect(inShort(outcomes)).to.deep.equal(['failed', 'held back']);
    });
  });

  describe('given an effect that fails', () => {
    it('then its records fail, the item’s later ones are held back, and others are applied', async () => {
      const table = new SourceTable();
      const queue = new ScriptedQueue((actions) =>
        actions.map(({ key }) => (key.id === 'FAA:N1' ? throttled : 'done')),
      );
      const { outcomes, search } = await aWorker({ queue }).handleNamed({
        refused: table.put(faaRow('N1')),
        another: table.put(faaRow('N2')),
        'without effect': table.put(faaRow('N1', { note: 'changes no document' })),
        link: table.put(linkRow('1', '2', TUPLE)),
        later: table.put(faaRow('N1', { model: '182' })),
      });
      expect(outcomes).to.deep.equal({
        refused: 'transient: throttled',
        another: 'applied',
        'without effect': `${HELD_BACK} (sequence number 1)`,
        link: 'applied',
        later: `${HELD_BACK} (sequence number 1)`,
      });
      expect(search).to.deep.equal({ upserts: 1, deletes: 0, unchanged: 1, repeated: 0 });
    });

    it('then a record before it that asked for nothing is applied', async () => {
      const noted = faaRow('N1', { note: 'x' });
      // Where the row's document was sent long ago.
      const worker = aWorker({ queue: new ScriptedQueue(() => [throttled]), replica: 'none' });
      const { outcomes } = await worker.handle(
        streamRecord({ before: faaRow('N1'), after: noted, sequence: 1 }),
        streamRecord({ before: noted, after: faaRow('N1', { model: '182' }), sequence: 2 }),
      );
      expect(inShort(outcomes)).to.deep.equal(['applied', 'failed']);
    });

    it('then all images of its entity fail, and those of other entities do not', async () => {
      const table = new SourceTable();
      const backend = memoryBackend();
      const images = new ScriptedImages(
        {
          save: async (writes) =>
            writes.map(({ view }) =>
              view.entity.parts[2] === 'N1' ? new Fault('conflict', 'contended') : 'done',
            ),
        },
        backend.images,
      );
      const { outcomes } = await aWorker({ backend, images }).handleNamed({
        first: table.put(imageRow(entity, '1')),
        other: table.put(imageRow({ ...entity, entityId: 'N2' }, '1')),
        second: table.put(imageRow(entity, '2')),
        row: table.put(faaRow('N1')),
      });
      expect(outcomes).to.deep.equal({
        first: 'conflict: contended',
        other: 'applied',
        second: 'conflict: contended',
        row: 'applied',
      });
    });

    it('then a record with two effects fails though the other took place', async () => {
      const { handle, backend } = aWorker({
        images: new ScriptedImages({ load: async (entities) => entities.map(() => throttled) }),
      });
      const { outcomes, search } = await handle(streamRecord({ after: imageRow(entity, '1') }));
      expect(inShort(outcomes)).to.deep.equal(['failed']);
      expect(search.upserts).to.equal(1);
      expect((await derivedBy(backend)).documents).to.have.length(1);
    });

    it('before a record of its item that fails on its own, then that one is held back as well', async () => {
      const table = new SourceTable();
      const { outcomes } = await aWorker({ queue: new ScriptedQueue(() => [throttled]) }).handleNamed({
        first: table.put(faaRow('N1')),
        broken: table.put(poison('N1')),
        last: table.put(faaRow('N1')),
      });
      expect(outcomes).to.deep.equal({
        first: 'transient: throttled',
        broken: `${HELD_BACK} (sequence number 1)`,
        last: `${HELD_BACK} (sequence number 1)`,
      });
    });
  });

  describe('given a port that throws', () => {
    const records = () => {
      const table = new SourceTable();
      return [
        table.put(faaRow('N1')),
        table.put(imageRow({ ...entity, orgId: 'other' }, '1')),
        table.put(linkRow('1', '2', TUPLE)),
        table.put(icaoVariantRow('x')),
        table.put(faaRow('N1', { model: '182' })),
      ];
    };
    const failure = new TypeError('socket hang up');

    it('then what rests on it fails, with the failure as its cause, and the rest is applied', async () => {
      const queue = new ScriptedQueue(() => {
        throw failure;
      });
      const { outcomes, search, matcher } = await aWorker({ queue }).handle(...records());
      expect(inShort(outcomes)).to.deep.equal(['failed', 'applied', 'applied', 'ignored', 'held back']);
      const [first] = outcomes;
      if (first?.status !== 'failed') throw new Error('must have failed');
      expect(first.fault).to.include({ kind: 'transient', message: 'socket hang up', cause: failure });
      expect(search).to.deep.equal(NO_TALLIES.search);
      expect(matcher.incremented).to.equal(1);
    });

    it('to read images, then image rows fail', async () => {
      const images = new ScriptedImages({ load: () => Promise.reject(failure) });
      const { outcomes } = await aWorker({ images }).handle(...records());
      expect(inShort(outcomes)).to.deep.equal(['applied', 'failed', 'applied', 'ignored', 'applied']);
    });

    it('to read links, then link rows fail', async () => {
      const matcher = new ScriptedMatcher({ load: () => Promise.reject(failure) });
      const { outcomes } = await aWorker({ matcher }).handle(...records());
      expect(inShort(outcomes)).to.deep.equal(['applied', 'applied', 'failed', 'ignored', 'applied']);
    });

    it('to build the replica, then no effect runs, and every record of a known row fails', async () => {
      const queue = new ScriptedQueue(() => []);
      const matcher = new ScriptedMatcher({});
      const images = new ScriptedImages({});
      const given = records();
      const { outcomes } = await aWorker({
        queue,
        matcher,
        images,
        replica: new ScriptedReplica(failure),
      }).handle(...given, streamRecord({ after: strangeRow('x') }), given[0]);
      expect(inShort(outcomes).join()).to.equal('failed,failed,failed,failed,held back,ignored,held back');
      expect(outcomes[0]).to.have.nested.property('fault.kind', 'transient');
      expect([...queue.calls, ...matcher.loads, ...images.loads]).to.deep.equal([]);
    });
  });

  describe('given a port that answers for too few', () => {
    it('then what it did not answer for fails', async () => {
      const table = new SourceTable();
      const { outcomes } = await aWorker({ queue: new ScriptedQueue(() => ['done']) }).handleNamed({
        first: table.put(faaRow('N1')),
        second: table.put(faaRow('N2')),
      });
      expect(outcomes).to.deep.equal({
        first: 'applied',
        second: 'transient: the adapter gave no result for this effect',
      });
    });
  });

  describe('given a backend that keeps the table’s rows', () => {
    it('then a batch’s rows are applied before what is derived from them', async () => {
      const backend = memoryBackend();
      const table = new SourceTable();
      await aWorker({ backend }).handle(
        table.put(imageRow(entity, '1')),
        table.put(imageRow(entity, '2')),
        table.remove(imageRow(entity, '2')),
      );
      expect(backend.table.pointer(entityOf(entity))?.member.sort).to.equal('IMG#1');
    });

    it('then rows are kept of every kind, also where they are ignored', async () => {
      const replica = new ScriptedReplica();
      const table = new SourceTable();
      await aWorker({ replica }).handle(table.put(icaoVariantRow('x')), table.put(defaultRow(entity)));
      expect(replica.calls.flat()).to.have.length(2);
    });

    it('then nothing is asked of the replica for records of rows that nobody knows', async () => {
      const replica = new ScriptedReplica();
      const { outcomes } = await aWorker({ replica }).handle(
        streamRecord({ after: strangeRow('x') }),
        streamRecord({ after: poison('N1') }),
      );
      expect(inShort(outcomes)).to.deep.equal(['ignored', 'failed']);
      expect(replica.calls).to.deep.equal([]);
    });

    it('then a count, which is derived and not kept, may come without its image', async () => {
      const after = matcherTupleRow('CESSNA', '172S', 'C172', 1);
      const { outcomes } = await aWorker().handle(streamRecord({ after, viewType: 'KEYS_ONLY' }));
      expect(inShort(outcomes)).to.deep.equal(['ignored']);
    });

    it('then a record fails whose new image cannot be decoded whole, and no other', async () => {
      const records = [
        streamRecord({ after: faaRow('N1', { note: new Encoded({ N: 'none' }) }) }),
        streamRecord({ after: faaRow('N2') }),
      ];
      expect(inShort((await aWorker().handle(...records)).outcomes)).to.deep.equal(['failed', 'applied']);
      const elsewhere = await aWorker({ replica: 'none' }).handle(...records);
      expect(inShort(elsewhere.outcomes), 'where nobody reads it').to.deep.equal(['applied', 'applied']);
    });

    for (const viewType of ['KEYS_ONLY', 'OLD_IMAGE'])
      it(`then with view type ${viewType} rows of which nothing is derived may be lacking, where the backend says so`, async () => {
        const record = streamRecord({ after: icaoVariantRow('x'), viewType });
        const { backend, handle } = aWorker();
        expect(inShort((await handle(record)).outcomes)).to.deep.equal(['ignored']);
        expect([...backend.table.rows()]).to.deep.equal([]);
        const replica = new ScriptedReplica();
        expect(inShort((await aWorker({ replica }).handle(record)).outcomes)).to.deep.equal(['failed']);
        expect(replica.calls).to.deep.equal([]);
      });

    for (const viewType of ['KEYS_ONLY', 'OLD_IMAGE'])
      it(`then a stream with view type ${viewType} fails, and is told what to set`, async () => {
        const { outcomes } = await aWorker().handleNamed({
          image: streamRecord({ after: imageRow({ ...entity, orgId: 'other' }, '1'), viewType }),
          removal: streamRecord({ before: imageRow({ ...entity, orgId: 'other' }, '2'), viewType }),
        });
        const fault =
          `configuration: this backend keeps the table's rows, which a stream with view type ${viewType} does not carry: ` +
          "set the table's StreamViewType to NEW_AND_OLD_IMAGES";
        expect(outcomes).to.deep.equal({ image: fault, removal: 'applied' });
      });

    it('then a record without images and without a view type fails too', async () => {
      const record = streamRecord({
        after: imageRow({ ...entity, orgId: 'other' }, '1'),
        viewType: 'KEYS_ONLY',
      });
      const { outcomes } = await aWorker().handleNamed({
        record: withDynamodb(record, { StreamViewType: undefined }),
      });
      expect(outcomes['record']).to.match(/a stream with view type unknown does not carry/);
    });
  });

  describe('logging', () => {
    const batch = () => {
      const table = new SourceTable();
      return [
        table.put(faaRow('N1')),
        table.put(poison('N1')),
        table.put(faaRow('N1')),
        table.put(strangeRow('x')),
      ];
    };

    it('writes one line for every record at debug, with its summary and its outcome', async () => {
      const logger = new RecordingLogger('debug');
      await aWorker({ logger }).handle(...batch());
      const lines = logger.lines.filter(({ level }) => level === 'debug');
      expect(lines.map(({ message }) => message)).to.deep.equal(['record', 'record', 'record', 'record']);
      expect(lines.map(({ fields }) => fields['outcome'])).to.deep.equal([
        'applied',
        'failed',
        'failed',
        'ignored',
      ]);
      expect(lines[0]?.fields).to.deep.equal({
        eventName: 'INSERT',
        pk: 'AIRCRAFT#REGISTRY#FAA',
        sk: 'DETAIL#N1',
        sizeBytes: 200,
        sequenceNumber: '1',
        eventID: 'event-1',
        at: 1_767_603_600_000,
        place: undefined,
        outcome: 'applied',
      });
    });

    it('does nothing at debug or info where those are not enabled', async () => {
      const logger = new RecordingLogger('warn', 'error');
      await aWorker({ logger }).handle(...batch());
      expect(logger.lines.map(({ level }) => level)).to.deep.equal(['error', 'warn']);
    });

    it('writes one line for a failure, with its keys and its error, and one for the records held back', async () => {
      const logger = new RecordingLogger('error', 'warn');
      const { outcomes } = await aWorker({ logger }).handle(...batch());
      const [, failed] = outcomes;
      if (failed?.status !== 'failed') throw new Error('must have failed');
      expect(logger.lines).to.have.length(2);
      expect(logger.of('record failed')).to.deep.equal([
        {
          eventName: 'MODIFY',
          pk: 'AIRCRAFT#REGISTRY#FAA',
          sk: 'DETAIL#N1',
          sizeBytes: 200,
          sequenceNumber: '2',
          eventID: 'event-2',
          at: 1_767_603_600_000,
          place: undefined,
          fault: 'permanent',
          error: failed.fault,
        },
      ]);
      expect(failed.fault.stack).to.include('Fault: NewImage.model');
      expect(logger.of('records held back')).to.deep.equal([
        {
          count: 1,
          notNamed: 0,
          records: [{ pk: 'AIRCRAFT#REGISTRY#FAA', sk: 'DETAIL#N1', sequenceNumber: '3' }],
        },
      ]);
      expect(logger.lines.map(({ level }) => level)).to.deep.equal(['error', 'warn']);
    });

    it('writes one line for the batch at info: what became of its records, and how long it took', async () => {
      const logger = new RecordingLogger('info');
      const { search, defaultImages, matcher } = await aWorker({ logger }).handle(
        ...batch(),
        streamRecord({ after: faaRow('N1'), sequence: 1 }),
      );
      expect(logger.of('batch')).to.deep.equal([
        {
          records: 5,
          applied: 1,
          ignored: 1,
          duplicate: 0,
          quarantined: 0,
          failed: 1,
          heldBack: 2,
          search,
          defaultImages,
          matcher,
          milliseconds: 1000,
        },
      ]);
      expect(logger.lines.find(({ message }) => message === 'batch')?.level).to.equal('info');
    });

    it('writes an error where metrics cannot be published, and the batch stands', async () => {
      const logger = new RecordingLogger('error');
      const { handle, metrics } = aWorker({ logger });
      const failure = new Error('the disk is full');
      metrics.flush = () => {
        throw failure;
      };
      const { outcomes } = await handle(streamRecord({ after: faaRow('N1') }));
      expect(inShort(outcomes)).to.deep.equal(['applied']);
      expect(logger.lines).to.deep.equal([
        { level: 'error', message: 'metrics not published', fields: { error: failure } },
      ]);
    });

    it('writes nothing of what rows hold', async () => {
      const logger = new RecordingLogger('debug', 'info', 'warn', 'error');
      const table = new SourceTable();
      await aWorker({ logger }).handle(table.put(faaRow('N1', { owner_name: 'a secret owner' })), {
        ...table.put(faaRow('N2', { owner_name: 'a secret owner' })),
        eventName: 'none',
      });
      expect(JSON.stringify(logger.lines)).not.to.include('a secret owner');
    });
  });

  it('handles 10,000 records at once', async () => {
    const table = new SourceTable({ firstSequence: 99_999_999_999_999_995_000n });
    const registrations = range(500).map((n) => `N${n}`);
    const records = range(10_000).map((n) => {
      const name = registrations[(n * 7) % 500]!;
      switch (n % 4) {
        case 0:
          return table.put(faaRow(name, { model: `${n}` }));
        case 1:
          return table.put(linkRow(name, '1', ['CESSNA', `${n % 13}`, 'C172']));
        case 2:
          return table.put(imageRow({ ...entity, entityId: name }, `${n % 5}`));
        default:
          return table.put(strangeRow(`${n}`));
      }
    });
    const { handle, backend } = aWorker();
    const { outcomes, search, matcher, defaultImages } = await handle(...records);
    expect(outcomes).to.have.length(10_000);
    expect(outcomes.filter(({ status }) => status === 'ignored')).to.have.length(2500);
    expect(outcomes.filter(({ status }) => status === 'applied')).to.have.length(7500);
    expect(backend.queue.sent).to.equal(search.upserts);
    expect(matcher.incremented).to.equal(table.rows.filter(({ PK }) => PK === 'FAA#LINKS').length);
    expect(defaultImages.created).to.equal(
      new Set(table.rows.filter(({ PK }) => PK.startsWith('IMAGES#')).map(({ PK }) => PK)).size,
    );
    const again = await handle(...records);
    expect(backend.queue.sent, 'a redelivery sends nothing').to.equal(search.upserts);
    expect(again.matcher).to.deep.equal({ ...NO_TALLIES.matcher, repeated: matcher.incremented });
  });
});
