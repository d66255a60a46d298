import { expect } from 'chai';
import type { Notes } from '../../src/application/ports/notes.ts';
import { HOSTILE_NAMES } from '../support/hostile.ts';
import { isRejected } from '../support/is-rejected.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';
import { eachText } from './contract.ts';

/** Notes, among which other tests have theirs, and as many callers as are asked for. */
export interface Harness {
  readonly notes: Notes;
  readonly connect: () => Notes;
}

export async function knowsNothingAtFirst({ notes }: Harness) {
  expect(await notes.load(unique('subject'))).to.deep.equal([]);
}

export async function doesNothingWithNothingToDo({ notes }: Harness) {
  const subject = unique('subject');
  expect(await notes.save(subject, [])).to.deep.equal([]);
  await notes.remove(subject, []);
  expect(await notes.load(subject)).to.deep.equal([]);
}

export async function givesNotesInTheOrderOfTheirNames({ notes, connect }: Harness) {
  const subject = unique('subject');
  const saved = ['b', 'a', 'B', 'é'].map((name) => ({ name, after: 0, text: `of ${name}` }));
  expect(await notes.save(subject, saved)).to.deep.equal([]);
  expect(await connect().load(subject)).to.deep.equal(
    ['B', 'a', 'b', 'é'].map((name) => ({ name, revision: 1, text: `of ${name}` })),
  );
}

export async function keepsSubjectsApart({ notes }: Harness) {
  const [subject, other] = [unique('subject'), unique('other')];
  await notes.save(subject, [{ name: 'a', after: 0, text: 'mine' }]);
  await notes.save(other, [{ name: 'a', after: 0, text: 'theirs' }]);
  await notes.remove(other, ['a']);
  expect(await notes.load(subject)).to.deep.equal([{ name: 'a', revision: 1, text: 'mine' }]);
  expect(await notes.load(other)).to.deep.equal([]);
}

export async function savesOnlyWhatIsAsItWasRead({ notes, connect }: Harness) {
  const subject = unique('subject');
  await notes.save(subject, [{ name: 'a', after: 0, text: 'first' }]);
  await connect().save(subject, [{ name: 'a', after: 1, text: 'second' }]);
  const writes = [
    { name: 'a', after: 1, text: 'late' },
    { name: 'b', after: 0, text: 'new' },
    { name: 'c', after: 3, text: 'gone' },
  ];
  expect(await notes.save(subject, writes)).to.deep.equal(['a', 'c']);
  expect(await notes.save(subject, [{ name: 'b', after: 0, text: 'newer' }])).to.deep.equal(['b']);
  expect(await notes.load(subject)).to.deep.equal([
    { name: 'a', revision: 2, text: 'second' },
    { name: 'b', revision: 1, text: 'new' },
  ]);
}

export async function savesAgainWhatWasSaved({ notes }: Harness) {
  const subject = unique('subject');
  for (const [after, text] of [
    [0, 'first'],
    [0, 'first'],
    [1, 'second'],
    [1, 'second'],
  ] as const)
    expect(await notes.save(subject, [{ name: 'a', after, text }])).to.deep.equal([]);
  expect(await notes.load(subject)).to.deep.equal([{ name: 'a', revision: 2, text: 'second' }]);
}

export async function oneOfManyWinsAtOnce({ connect }: Harness) {
  const subject = unique('subject');
  const results = await Promise.all(
    range(5).map((n) => connect().save(subject, [{ name: 'a', after: 0, text: `of ${n}` }])),
  );
  const won = results.flatMap((refused, n) => (refused.length === 0 ? [n] : []));
  expect(won).to.have.length(1);
  expect(await connect().load(subject)).to.deep.equal([{ name: 'a', revision: 1, text: `of ${won[0]}` }]);
}

export async function removesNotesForGood({ notes }: Harness) {
  const subject = unique('subject');
  await notes.save(subject, [{ name: 'a', after: 0, text: 'first' }]);
  await notes.remove(subject, ['a', 'b']);
  expect(await notes.load(subject)).to.deep.equal([]);
  expect(await notes.save(subject, [{ name: 'a', after: 1, text: 'late' }])).to.deep.equal(['a']);
  expect(await notes.save(subject, [{ name: 'a', after: 0, text: 'anew' }])).to.deep.equal([]);
}

export const keepsNamesAndTexts = eachText(HOSTILE_NAMES, async ({ notes }: Harness, text) => {
  const subject = unique(text);
  await notes.save(subject, [{ name: text, after: 0, text }]);
  expect(await notes.load(subject)).to.deep.equal([{ name: text, revision: 1, text }]);
});

export async function keepsLongTexts({ notes }: Harness) {
  const subject = unique('subject');
  const text = '北'.repeat(100_000);
  for (const name of ['a', 'b', 'c', 'd']) await notes.save(subject, [{ name, after: 0, text }]);
  const found = await notes.load(subject);
  expect(found.map((note) => note.text === text)).to.deep.equal([true, true, true, true]);
}

export async function doesNothingOnceItIsAborted({ notes }: Harness) {
  const [subject, signal] = [unique('subject'), AbortSignal.abort()];
  expect(await isRejected(notes.load(subject, signal))).to.equal(true);
  expect(await isRejected(notes.save(subject, [{ name: 'a', after: 0, text: '' }], signal))).to.equal(true);
  expect(await isRejected(notes.remove(subject, ['a'], signal))).to.equal(true);
  expect(await notes.load(subject)).to.deep.equal([]);
}
