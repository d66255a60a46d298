import { expect } from 'chai';
import fc from 'fast-check';
import type { Change } from '../../src/domain/change.ts';
import { groupBy } from '../../src/domain/coalesce.ts';
import { commandsOf, type SyncSearchDocumentCommand } from '../../src/domain/command.ts';
import { coalesceSearch, type SearchAction } from '../../src/domain/search-action.ts';
import type { DocumentFields } from '../../src/domain/search-document.ts';
import { passesFence, type Version } from '../../src/domain/version.ts';
import { attributes, change, type ChangeParts, decimal, row } from '../support/factories.ts';

function command(parts: ChangeParts): SyncSearchDocumentCommand {
  return commandOf(change(parts));
}

/** The one command that a change of a registration asks for. */
function commandOf(of: Change): SyncSearchDocumentCommand {
  const [first, ...others] = commandsOf(of);
  if (first?.does !== 'search' || others.length > 0) throw new Error('expected one command for search');
  return first;
}

describe('coalesceSearch', () => {
  const says = (model: string, remarks: string) => attributes({ model, remarks });
  const insert = () => command({ after: says('172', 'a'), sequence: 9 });
  const modify = () => command({ before: says('172', 'a'), after: says('172S', 'a'), sequence: 10 });
  const noChange = () => command({ before: says('172S', 'a'), after: says('172S', 'b'), sequence: 11 });
  const remove = () => command({ before: says('172S', 'b'), sequence: 100 });
  const sentBy = (commands: readonly SyncSearchDocumentCommand[]) =>
    coalesceSearch(commands)?.identity.sequence;

  it('given no commands, when coalesced, then nothing is sent', () => {
    expect(coalesceSearch([])).to.equal(undefined);
  });

  it('given only commands that ask for nothing, when coalesced, then nothing is sent', () => {
    expect(noChange().decision).to.deep.equal({ action: 'none' });
    expect(coalesceSearch([noChange()])).to.equal(undefined);
  });

  it('given an upsert, when coalesced, then the action carries the document, its key and its change', () => {
    expect(coalesceSearch([insert()])).to.deep.equal({
      key: { collection: 'registry', id: 'FAA:N1' },
      version: { generation: 0, epoch: '', sequence: '9' },
      identity: insert().change.identity,
      document: { id: 'FAA:N1', registry: 'FAA', model: '172' },
      row: { partition: 'AIRCRAFT#REGISTRY#FAA', sort: 'DETAIL#N1' },
    });
  });

  it('given a removal, when coalesced, then the action says that the document must be gone', () => {
    const action = coalesceSearch([remove()]);
    expect(action).to.have.property('document', undefined);
    expect(action?.version).to.deep.equal({ generation: 0, epoch: '', sequence: '100' });
  });

  it('given several changes of a document, when coalesced, then the newest decides, in any order', () => {
    expect(coalesceSearch([insert(), modify()])?.document).to.include({ model: '172S' });
    expect(sentBy([insert(), modify()])).to.equal('10');
    expect(sentBy([modify(), insert()])).to.equal('10');
  });

  it('given an insert and its removal, when coalesced, then the removal is sent', () => {
    expect(coalesceSearch([insert(), modify(), remove()])).to.include({ document: undefined });
    expect(sentBy([insert(), modify(), remove()])).to.equal('100');
  });

  it('given a last change that asks for nothing, when coalesced, then the last that asked is sent', () => {
    expect(sentBy([insert(), modify(), noChange()])).to.equal('10');
    expect(sentBy([noChange(), insert()])).to.equal('9');
  });

  describe('given any history of several documents', () => {
    /** A search index behind its fences, as an indexer keeps it. */
    class Index {
      readonly documents = new Map<
        string,
        { readonly fence: Version; readonly document: DocumentFields | undefined }
      >();

      deliver(batch: readonly Change[]): void {
        const commands = batch.map(commandOf);
        for (const group of groupBy(commands, (each) => each.change.item).values()) {
          const action = coalesceSearch(group);
          if (action !== undefined) this.#apply(action);
        }
      }

      #apply({ key, version, document }: SearchAction): void {
        if (!passesFence(this.documents.get(key.id)?.fence, version)) return;
        this.documents.set(key.id, { fence: version, document });
      }

      content(): Record<string, unknown> {
        return Object.fromEntries(this.documents);
      }
    }

    interface Step {
      readonly registration: string;
      /** What the row then says; undefined when it is removed. */
      readonly model: string | undefined;
      /** An attribute that no document holds. */
      readonly noise: number;
    }

    const steps: fc.Arbitrary<Step[]> = fc.array(
      fc.record({
        registration: fc.constantFrom('N1', 'N2', 'N3'),
        model: fc.constantFrom('172', '172S', undefined),
        noise: fc.nat(1),
      }),
      { minLength: 1, maxLength: 16 },
    );
    /** The position from which a new stream, with numbers from 1 again, carries the changes. */
    const restarts = fc.nat(20);
    const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 });
    const redeliveries = fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), { maxLength: 10 });

    function historyOf(
      list: readonly Step[],
      restart: number,
    ): { changes: Change[]; final: Map<string, string> } {
      const rows = new Map<string, { model: string; noise: number }>();
      const changes: Change[] = [];
      for (const [index, { registration, model, noise }] of list.entries()) {
        const side = (state: { model: string; noise: number } | undefined) =>
          state === undefined
            ? 'absent'
            : attributes({ model: state.model, noise: decimal(String(state.noise)) });
        const before = rows.get(registration);
        if (model === undefined) rows.delete(registration);
        else rows.set(registration, { model, noise });
        const after = rows.get(registration);
        if (before === undefined && after === undefined) continue;
        changes.push(
          change({
            row: row.registration(registration),
            before: side(before),
            after: side(after),
            ...(index < restart
              ? { epoch: '2026-01-05', sequence: 95 + index }
              : { epoch: '2026-01-06', sequence: 1 + index - restart }),
          }),
        );
      }
      return { changes, final: new Map([...rows].map(([registration, { model }]) => [registration, model])) };
    }

    function oneByOne(changes: readonly Change[]): Index {
      const index = new Index();
      for (const each of changes) index.deliver([each]);
      return index;
    }

    it("when applied change by change, then the index holds exactly the final rows' documents", () => {
      fc.assert(
        fc.property(steps, restarts, (list, restart) => {
          const { changes, final } = historyOf(list, restart);
          const held = [...oneByOne(changes).documents].filter(([, { document }]) => document !== undefined);
          expect(
            Object.fromEntries(held.map(([id, { document }]) => [id, document?.['model']])),
          ).to.deep.equal(
            Object.fromEntries([...final].map(([registration, model]) => [`FAA:${registration}`, model])),
          );
        }),
      );
    });

    it('when split into any batches, delivered again in part at any time, then the index is the same', () => {
      fc.assert(
        fc.property(
          steps,
          restarts,
          sizes,
          redeliveries,
          redeliveries,
          (list, restart, split, again, muchLater) => {
            const { changes } = historyOf(list, restart);
            fc.pre(changes.length > 0);
            const index = new Index();
            const batches: Change[][] = [];
            for (let from = 0; from < changes.length;) {
              const batch = changes.slice(from, from + split[batches.length % split.length]!);
              from += batch.length;
              index.deliver(batch);
              index.deliver((again[batches.length] ?? []).map((pick) => changes[pick % from]!));
              batches.push(batch);
            }
            for (const picks of muchLater) {
              index.deliver(batches[picks[0]! % batches.length]!);
              index.deliver(picks.map((pick) => changes[pick % changes.length]!));
            }
            expect(index.content()).to.deep.equal(oneByOne(changes).content());
          },
        ),
      );
    });

    it('when every change is delivered at least once, in any order, then the index is the same', () => {
      fc.assert(
        fc.property(steps, restarts, sizes, fc.infiniteStream(fc.nat()), (list, restart, split, keys) => {
          const { changes } = historyOf(list, restart);
          const shuffled = changes
            .map((each) => ({ each, key: keys.next().value as number }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ each }) => each);
          const index = new Index();
          for (let from = 0, batch = 0; from < shuffled.length; batch++) {
            const size = split[batch % split.length]!;
            index.deliver(shuffled.slice(from, from + size));
            from += size;
          }
          expect(index.content()).to.deep.equal(oneByOne(changes).content());
        }),
      );
    });
  });
});
