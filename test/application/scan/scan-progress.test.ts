import { expect } from 'chai';
import { MemoryNotes } from '../../../src/adapters/memory/memory-notes.ts';
import { ScanProgress, type ScanProgressOptions } from '../../../src/application/scan/scan-progress.ts';
import { Fault } from '../../../src/domain/fault.ts';

let runs = 0;

function openIn(notes: MemoryNotes, options: Partial<ScanProgressOptions> = {}) {
  const run = `run ${++runs}`;
  return ScanProgress.open({ notes, subject: 'backfill', plan: 'all', segments: 2, run, ...options });
}

const begun = (segment: number) => ({ segment, from: undefined, isDone: false, tally: {} });
const at = (segment: number, from: string) => ({ segment, from, isDone: false, tally: { rows: 7 } });
const done = (segment: number) => ({ segment, from: undefined, isDone: true, tally: { rows: 9 } });

async function kindOf(work: Promise<unknown>) {
  return work.then(
    () => 'done',
    (error: unknown) => (Fault.is(error) ? error.kind : String(error)),
  );
}

describe('ScanProgress', () => {
  it('given nothing noted, when it is opened, then all segments are at their beginnings', async () => {
    const progress = await openIn(new MemoryNotes());
    expect(progress.isResumed).to.equal(false);
    expect(progress.segments).to.deep.equal([begun(0), begun(1)]);
  });

  it('given a scan that was left, when it is opened again, then it goes on from the places that were saved last', async () => {
    const notes = new MemoryNotes();
    const first = await openIn(notes);
    await first.save(at(0, 'a'));
    await first.save(at(0, 'b'));
    await first.save(done(1));
    const second = await openIn(notes);
    expect(second.isResumed).to.equal(true);
    expect(second.segments).to.deep.equal([at(0, 'b'), done(1)]);
    await second.save(at(0, 'c'));
    expect((await openIn(notes)).segments).to.deep.equal([at(0, 'c'), done(1)]);
  });

  it('given a process whose scan another has taken over, when it saves, then it is refused, and the other goes on', async () => {
    const notes = new MemoryNotes();
    const first = await openIn(notes);
    await first.save(at(0, 'a'));
    const second = await openIn(notes);
    expect(await kindOf(first.save(at(0, 'b')))).to.equal('conflict');
    await second.save(at(0, 'b'));
    expect(await kindOf(first.save(at(0, 'b')))).to.equal('conflict');
    expect((await openIn(notes)).segments[0]).to.deep.equal(at(0, 'b'));
  });

  it('given another plan, or other segments, when it is opened, then it begins anew, and the former is forgotten', async () => {
    for (const other of [{ plan: 'only a' }, { segments: 1 }]) {
      const notes = new MemoryNotes();
      await (await openIn(notes)).save(at(0, 'a'));
      const anew = await openIn(notes, other);
      expect(anew.isResumed).to.equal(false);
      expect(anew.segments[0]).to.deep.equal(begun(0));
      const back = await openIn(notes);
      expect(back.isResumed).to.equal(false);
      expect(back.segments).to.deep.equal([begun(0), begun(1)]);
    }
  });

  it('given a scan that is finished, when it is opened, then it begins anew, and nothing of it is left', async () => {
    const notes = new MemoryNotes();
    const first = await openIn(notes);
    await first.save(done(0));
    await first.finish();
    expect(await notes.load('backfill')).to.deep.equal([]);
    expect((await openIn(notes)).segments).to.deep.equal([begun(0), begun(1)]);
  });

  it('given two processes that open it at once, then one of them has it', async () => {
    const notes = new MemoryNotes();
    const opened = await Promise.allSettled([openIn(notes), openIn(notes), openIn(notes)]);
    const saved = await Promise.all(
      opened.flatMap((one) => (one.status === 'fulfilled' ? [kindOf(one.value.save(at(0, 'a')))] : [])),
    );
    expect(saved.filter((kind) => kind === 'done')).to.have.length(1);
  });

  it('given another subject, then it is another scan', async () => {
    const notes = new MemoryNotes();
    await (await openIn(notes)).save(at(0, 'a'));
    expect((await openIn(notes, { subject: 'verify' })).segments).to.deep.equal([begun(0), begun(1)]);
  });

  it('given what only a later version has noted, when it is opened, then that is said', async () => {
    const notes = new MemoryNotes();
    await openIn(notes);
    const [note] = (await notes.load('backfill')).filter(({ name }) => name === 'segment 0');
    await notes.save('backfill', [{ name: 'segment 0', after: note?.revision ?? 0, text: '{"places":[]}' }]);
    expect(await kindOf(openIn(notes))).to.equal('configuration');
  });
});
