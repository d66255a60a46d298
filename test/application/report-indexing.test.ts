import { expect } from 'chai';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { type IndexOutcome, again, type Settled } from '../../src/application/index-outcome.ts';
import type { ReceivedAction } from '../../src/application/ports/search-action-source.ts';
import { reportIndexing } from '../../src/application/report-indexing.ts';
import { Fault } from '../../src/domain/fault.ts';
import { RecordingLogger } from './doubles.ts';
import { action, documentKey, received } from './indexing.ts';

function report(
  messages: readonly (readonly [ReceivedAction, IndexOutcome])[],
  unrepaired: readonly ReturnType<typeof documentKey>[] = [],
) {
  const [metrics, logger] = [new MemoryMetrics(), new RecordingLogger()];
  const outcomes = messages.map(([, outcome]) => outcome);
  const tally = reportIndexing(
    messages.map(([message]) => message),
    { outcomes, unrepaired },
    10_000,
    { metrics, logger },
  );
  metrics.flush();
  return { tally, figures: Object.fromEntries(metrics.batches[0]?.metrics ?? []), lines: logger.lines };
}

const done = (as: Settled): IndexOutcome => ({ status: 'done', as });

describe('reportIndexing', () => {
  it('given what became of each message, then it counts documents and messages', () => {
    const settled = ['written', 'written', 'deleted', 'repaired', 'superseded', 'late'] as const;
    const { tally, figures, lines } = report([
      ...settled.map((as) => [received(action('N1', 1)), done(as)] as const),
      [received(action('N2', 1)), again(new Fault('permanent', 'refused'))],
      [received(action('N3', 1)), again(new Fault('transient', 'no answer'))],
      [received(action('N3', 1)), again(new Fault('configuration', 'no collection'))],
    ]);
    expect(tally).to.deep.equal({
      ...{ written: 2, deleted: 1, repaired: 1, unrepaired: 0 },
      ...{ superseded: 1, late: 1, refused: 1, failed: 2 },
    });
    expect(figures).to.include({ DocumentsWritten: 2, DocumentsRepaired: 1, ActionsFailed: 2 });
    expect(lines.map(({ level }) => level)).to.deep.equal(['error', 'warn', 'error']);
  });

  it('given when they were sent, then it says how old the oldest is, and never less than nothing', () => {
    const at = (sentAt: number | undefined) =>
      [received(action('N1', 1), { sentAt }), done('written')] as const;
    expect(report([at(9_000), at(4_000), at(undefined)]).figures).to.include({ OldestActionAge: 6_000 });
    expect(report([at(11_000)]).figures).to.include({ OldestActionAge: 0 });
    expect(report([at(undefined)]).figures).not.to.have.property('OldestActionAge');
  });

  it('given many failures of one cause, then it logs the first of them, and how many there are', () => {
    const refused = (name: string) => new Fault('permanent', `refuses ${name}`, { reason: 'refuses it' });
    const { lines } = report([
      [received(action('N1', 1), { message: 'a', receives: 3 }), again(refused('N1'))],
      [received(action('N2', 1)), again(refused('N2'))],
      [received(new Fault('permanent', 'b is no JSON')), again(new Fault('permanent', 'b is no JSON'))],
    ]);
    expect(lines.map(({ fields }) => fields['count'])).to.deep.equal([2, 1]);
    expect(lines[0]?.fields).to.include({
      messageId: 'a',
      receives: 3,
      collection: 'registry',
      id: 'FAA:N1',
    });
  });

  it('given documents that could not be repaired, then it names each', () => {
    const { tally, lines } = report([[received(action('N1', 1)), done('late')]], [documentKey('N1')]);
    expect(tally).to.include({ late: 1, unrepaired: 1 });
    expect(lines).to.have.length(1);
    expect(lines[0]).to.have.property('level', 'error');
    expect(lines[0]?.fields).to.include({ collection: 'registry', id: 'FAA:N1' });
  });
});
