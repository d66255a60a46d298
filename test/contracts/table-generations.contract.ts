import { expect } from 'chai';
import type { TableGenerations } from '../../src/application/ports/table-generations.ts';
import { Fault } from '../../src/domain/fault.ts';
import { type Capability, whenAble } from './capability.ts';
import { range } from '../support/range.ts';

export interface TableGenerationsFeatures {
  /** Streams that have no name. */
  readonly unnamed: Capability;
}

const arnOf = (name: string, region = 'eu-central-1') =>
  `arn:aws:dynamodb:${region}:123456789012:table/${name}`;
const [A, B, C] = [arnOf('fleet'), arnOf('fleet', 'us-east-1'), arnOf('Fleet_2.new-1')];

/** @param setUp gives an empty store, as many callers as are asked for. */
export function tableGenerationsContract(
  name: string,
  setUp: () => Promise<() => TableGenerations>,
  features: TableGenerationsFeatures,
): void {
  describe(`${name} keeps the contract of table generations`, () => {
    let connect: () => TableGenerations;
    let generations: TableGenerations;

    beforeEach(async () => {
      connect = await setUp();
      generations = connect();
    });

    const faultOf = async (work: Promise<unknown>): Promise<unknown> => {
      const result = await work.catch((error: unknown) => error);
      return Fault.is(result) ? result.kind : result;
    };

    it('follows the first table that it is asked for, as generation 0, from then on', async () => {
      const first = { kind: 'followed', generation: 0, newest: true };
      expect(await generations.generationOf(A)).to.deep.equal(first);
      expect(await generations.generationOf(A)).to.deep.equal(first);
      expect(await connect().generationOf(A)).to.deep.equal(first);
    });

    it('refuses any other table, and says which is followed', async () => {
      await generations.generationOf(A);
      for (const other of [B, C, arnOf('flee'), arnOf('FLEET')])
        expect(await connect().generationOf(other)).to.deep.equal({ kind: 'refused', followed: A });
      expect(await generations.generationOf(A)).to.have.property('generation', 0);
    });

    it('makes a table that is adopted the next generation, and still knows those before', async () => {
      await generations.generationOf(A);
      expect(await generations.adopt(B)).to.deep.equal({ generation: 1, previous: A, changed: true });
      expect(await generations.adopt(C)).to.deep.equal({ generation: 2, previous: B, changed: true });
      const known = [];
      for (const arn of [A, B, C]) known.push(await connect().generationOf(arn));
      expect(known).to.deep.equal([
        { kind: 'followed', generation: 0, newest: false },
        { kind: 'followed', generation: 1, newest: false },
        { kind: 'followed', generation: 2, newest: true },
      ]);
      expect(await generations.generationOf(arnOf('other'))).to.deep.equal({ kind: 'refused', followed: C });
    });

    it('does nothing where the table is the newest already', async () => {
      await generations.generationOf(A);
      expect(await generations.adopt(A)).to.deep.equal({ generation: 0, previous: A, changed: false });
      await generations.adopt(B);
      expect(await connect().adopt(B)).to.deep.equal({ generation: 1, previous: B, changed: false });
      expect(await generations.generationOf(B)).to.have.property('generation', 1);
    });

    it('makes a table that comes back the newest once more', async () => {
      await generations.generationOf(A);
      await generations.adopt(B);
      expect(await generations.adopt(A)).to.deep.equal({ generation: 2, previous: B, changed: true });
      expect(await generations.generationOf(A)).to.deep.equal({
        kind: 'followed',
        generation: 2,
        newest: true,
      });
      expect(await generations.generationOf(B)).to.deep.equal({
        kind: 'followed',
        generation: 1,
        newest: false,
      });
    });

    it('makes the first table of all generation 1 where it is adopted: 0 is what was before', async () => {
      expect(await generations.adopt(A)).to.deep.equal({ generation: 1, previous: undefined, changed: true });
      expect(await generations.adopt(A)).to.deep.equal({ generation: 1, previous: A, changed: false });
      expect(await generations.generationOf(B)).to.deep.equal({ kind: 'refused', followed: A });
    });

    it('follows one table for all, however many ask at once', async () => {
      const arns = [A, B, C, A, B, C];
      const answers = await Promise.all(arns.map((arn) => connect().generationOf(arn)));
      const followed = arns.filter((_, index) => answers[index]?.kind === 'followed');
      expect(new Set(followed).size).to.equal(1);
      for (const [index, answer] of answers.entries())
        expect(answer).to.deep.equal(
          arns[index] === followed[0]
            ? { kind: 'followed', generation: 0, newest: true }
            : { kind: 'refused', followed: followed[0] },
        );
    });

    it('gives no two tables the same generation, however many are adopted at once', async () => {
      await generations.generationOf(A);
      const arns = range(4).map((n) => arnOf(`table-${n}`));
      const adopted = await Promise.all(arns.map((arn) => connect().adopt(arn)));
      expect(adopted.map(({ generation }) => generation).toSorted()).to.deep.equal([1, 2, 3, 4]);
      for (const [index, arn] of arns.entries())
        expect(await generations.generationOf(arn)).to.include({
          generation: adopted[index]?.generation,
          newest: adopted[index]?.generation === 4,
        });
    });

    it('adopts a table once, however many ask for it at once', async () => {
      await generations.generationOf(A);
      const adopted = await Promise.all(range(4).map(() => connect().adopt(B)));
      expect(adopted.map(({ generation }) => generation)).to.deep.equal([1, 1, 1, 1]);
    });

    it('makes the newest table the generation that is asked for, once, and goes on from there', async () => {
      await generations.generationOf(A);
      const adopted = { generation: 7, previous: A };
      expect(await generations.adopt(A, { generation: 7 })).to.deep.equal({ ...adopted, changed: true });
      expect(await connect().adopt(A, { generation: 7 })).to.deep.equal({ ...adopted, changed: false });
      expect(await connect().adopt(A)).to.deep.equal({ ...adopted, changed: false });
      expect(await connect().generationOf(A)).to.deep.equal({
        kind: 'followed',
        generation: 7,
        newest: true,
      });
      expect(await generations.adopt(B)).to.deep.equal({ generation: 8, previous: A, changed: true });
    });

    it('makes any table the generation that is asked for: the first of all, another, one from before', async () => {
      expect(await generations.adopt(A, { generation: 3 })).to.include({
        generation: 3,
        previous: undefined,
      });
      expect(await generations.adopt(B, { generation: 5 })).to.include({ generation: 5, previous: A });
      expect(await generations.adopt(A, { generation: 9 })).to.include({ generation: 9, previous: B });
      const known = [];
      for (const arn of [A, B]) known.push(await connect().generationOf(arn));
      expect(known).to.deep.equal([
        { kind: 'followed', generation: 9, newest: true },
        { kind: 'followed', generation: 5, newest: false },
      ]);
    });

    it('refuses a generation that is not above all that are known, and changes nothing', async () => {
      for (const generation of [0, -1, 1.5, NaN, Infinity, 2 ** 53])
        expect(await faultOf(generations.adopt(A, { generation })), `${generation}`).to.equal(
          'configuration',
        );
      await generations.adopt(A, { generation: 5 });
      for (const [arn, generation] of [
        [A, 4],
        [B, 5],
        [B, 1],
      ] as const)
        expect(await faultOf(generations.adopt(arn, { generation })), `${generation}`).to.equal(
          'configuration',
        );
      expect(await connect().generationOf(A)).to.deep.equal({
        kind: 'followed',
        generation: 5,
        newest: true,
      });
      expect(await generations.generationOf(B)).to.deep.equal({ kind: 'refused', followed: A });
    });

    it('does nothing once it is aborted', async () => {
      const aborted = AbortSignal.abort();
      expect(await faultOf(generations.generationOf(A, aborted))).to.equal('transient');
      expect(await faultOf(generations.adopt(A, { signal: aborted }))).to.equal('transient');
      expect(await generations.generationOf(B)).to.have.property('generation', 0);
    });

    whenAble(features.unnamed, 'takes streams without a name for those of one table', async () => {
      expect(await generations.generationOf('')).to.have.property('generation', 0);
      expect(await generations.generationOf(A)).to.deep.equal({ kind: 'refused', followed: '' });
    });
  });
}
