import { expect } from 'chai';
import type { TableGenerations } from '../../src/application/ports/table-generations.ts';
import { Fault } from '../../src/domain/fault.ts';
import { needs } from './contract.ts';
import { isRejected } from '../support/is-rejected.ts';
import { range } from '../support/range.ts';

/** An empty store, and as many callers as are asked for. */
export interface Harness {
  readonly generations: TableGenerations;
  readonly connect: () => TableGenerations;
}

const arnOf = (name: string, region = 'eu-central-1') =>
  `arn:aws:dynamodb:${region}:123456789012:table/${name}`;
const [A, B, C] = [arnOf('fleet'), arnOf('fleet', 'us-east-1'), arnOf('Fleet_2.new-1')];

const followed = (generation: number, newest = true) => ({ kind: 'followed', generation, newest });
const refusedFor = (followed: string | undefined) => ({ kind: 'refused', followed });

/** The kind of the fault with which it fails. */
async function kindOf(work: Promise<unknown>): Promise<unknown> {
  const result = await work.catch((error: unknown) => error);
  return Fault.is(result) ? result.kind : result;
}

export async function followsTheFirstTableThatItIsAskedFor({ generations, connect }: Harness) {
  const first = followed(0);
  expect(await generations.generationOf(A)).to.deep.equal(first);
  expect(await generations.generationOf(A)).to.deep.equal(first);
  expect(await connect().generationOf(A)).to.deep.equal(first);
}

export async function refusesAnyOtherTable({ generations, connect }: Harness) {
  await generations.generationOf(A);
  for (const other of [B, C, arnOf('flee'), arnOf('FLEET')])
    expect(await connect().generationOf(other)).to.deep.equal(refusedFor(A));
  expect(await generations.generationOf(A)).to.have.property('generation', 0);
}

export async function makesAnAdoptedTableTheNextGeneration({ generations, connect }: Harness) {
  await generations.generationOf(A);
  expect(await generations.adopt(B)).to.deep.equal({ generation: 1, previous: A, changed: true });
  expect(await generations.adopt(C)).to.deep.equal({ generation: 2, previous: B, changed: true });
  const known = [];
  for (const arn of [A, B, C]) known.push(await connect().generationOf(arn));
  expect(known).to.deep.equal([followed(0, false), followed(1, false), followed(2)]);
  expect(await generations.generationOf(arnOf('other'))).to.deep.equal(refusedFor(C));
}

export async function doesNothingWhereTheTableIsTheNewestAlready({ generations, connect }: Harness) {
  await generations.generationOf(A);
  expect(await generations.adopt(A)).to.deep.equal({ generation: 0, previous: A, changed: false });
  await generations.adopt(B);
  expect(await connect().adopt(B)).to.deep.equal({ generation: 1, previous: B, changed: false });
  expect(await generations.generationOf(B)).to.have.property('generation', 1);
}

export async function makesATableThatComesBackTheNewestOnceMore({ generations }: Harness) {
  await generations.generationOf(A);
  await generations.adopt(B);
  expect(await generations.adopt(A)).to.deep.equal({ generation: 2, previous: B, changed: true });
  expect(await generations.generationOf(A)).to.deep.equal(followed(2));
  expect(await generations.generationOf(B)).to.deep.equal(followed(1, false));
}

export async function makesTheFirstTableOfAllGeneration1WhereItIsAdopted({ generations }: Harness) {
  expect(await generations.adopt(A)).to.deep.equal({ generation: 1, previous: undefined, changed: true });
  expect(await generations.adopt(A)).to.deep.equal({ generation: 1, previous: A, changed: false });
  expect(await generations.generationOf(B)).to.deep.equal(refusedFor(A));
}

export async function followsOneTableHoweverManyAskAtOnce({ connect }: Harness) {
  const arns = [A, B, C, A, B, C];
  const answers = await Promise.all(arns.map((arn) => connect().generationOf(arn)));
  const first = arns.filter((_, index) => answers[index]?.kind === 'followed');
  expect(new Set(first).size).to.equal(1);
  for (const [index, answer] of answers.entries())
    expect(answer).to.deep.equal(arns[index] === first[0] ? followed(0) : refusedFor(first[0]));
}

export async function givesTablesThatAreAdoptedAtOnceAGenerationEach({ generations, connect }: Harness) {
  await generations.generationOf(A);
  const arns = range(4).map((n) => arnOf(`table-${n}`));
  const adopted = await Promise.all(arns.map((arn) => connect().adopt(arn)));
  expect(adopted.map(({ generation }) => generation).toSorted()).to.deep.equal([1, 2, 3, 4]);
  for (const [index, arn] of arns.entries())
    expect(await generations.generationOf(arn)).to.include({
      generation: adopted[index]?.generation,
      newest: adopted[index]?.generation === 4,
    });
}

export async function adoptsATableOnceHoweverManyAskAtOnce({ generations, connect }: Harness) {
  await generations.generationOf(A);
  const adopted = await Promise.all(range(4).map(() => connect().adopt(B)));
  expect(adopted.map(({ generation }) => generation)).to.deep.equal([1, 1, 1, 1]);
}

export async function makesTheNewestTableTheGenerationThatIsAskedFor({ generations, connect }: Harness) {
  await generations.generationOf(A);
  const adopted = { generation: 7, previous: A };
  expect(await generations.adopt(A, { generation: 7 })).to.deep.equal({ ...adopted, changed: true });
  expect(await connect().adopt(A, { generation: 7 })).to.deep.equal({ ...adopted, changed: false });
  expect(await connect().adopt(A)).to.deep.equal({ ...adopted, changed: false });
  expect(await connect().generationOf(A)).to.deep.equal(followed(7));
  expect(await generations.adopt(B)).to.deep.equal({ generation: 8, previous: A, changed: true });
}

export async function makesAnyTableTheGenerationThatIsAskedFor({ generations, connect }: Harness) {
  expect(await generations.adopt(A, { generation: 3 })).to.include({
    generation: 3,
    previous: undefined,
  });
  expect(await generations.adopt(B, { generation: 5 })).to.include({ generation: 5, previous: A });
  expect(await generations.adopt(A, { generation: 9 })).to.include({ generation: 9, previous: B });
  const known = [];
  for (const arn of [A, B]) known.push(await connect().generationOf(arn));
  expect(known).to.deep.equal([followed(9), followed(5, false)]);
}

export async function refusesAGenerationThatIsNotAboveAllThatAreKnown({ generations, connect }: Harness) {
  for (const generation of [0, -1, 1.5, NaN, Infinity, 2 ** 53])
    expect(await kindOf(generations.adopt(A, { generation })), `${generation}`).to.equal('configuration');
  await generations.adopt(A, { generation: 5 });
  for (const [arn, generation] of [
    [A, 4],
    [B, 5],
    [B, 1],
  ] as const)
    expect(await kindOf(generations.adopt(arn, { generation })), `${generation}`).to.equal('configuration');
  expect(await connect().generationOf(A)).to.deep.equal(followed(5));
  expect(await generations.generationOf(B)).to.deep.equal(refusedFor(A));
}

export async function doesNothingOnceItIsAborted({ generations }: Harness) {
  const aborted = AbortSignal.abort();
  expect(await isRejected(generations.generationOf(A, aborted))).to.equal(true);
  expect(await isRejected(generations.adopt(A, { signal: aborted }))).to.equal(true);
  expect(await generations.generationOf(B)).to.have.property('generation', 0);
}

export const takesStreamsWithoutANameForThoseOfOneTable = needs(
  'unnamed',
  async ({ generations }: Harness) => {
    expect(await generations.generationOf('')).to.have.property('generation', 0);
    expect(await generations.generationOf(A)).to.deep.equal(refusedFor(''));
  },
);
