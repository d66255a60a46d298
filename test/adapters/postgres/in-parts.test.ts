import { expect } from 'chai';
import { DatabaseFault } from '../../../src/adapters/postgres/client/database-fault.ts';
import { inParts } from '../../../src/adapters/postgres/in-parts.ts';
import type { Result } from '../../../src/application/result.ts';
import { range } from '../../support/range.ts';

describe('a statement for many items', () => {
  const tooLong = new DatabaseFault('transient', 'canceling statement due to statement timeout', {
    sqlState: '57014',
  });

  /** A server on which statements for more than so many items take too long. */
  function server(most: number) {
    const asked: number[] = [];
    const attempt = async (items: readonly number[]): Promise<readonly Result[]> => {
      asked.push(items.length);
      if (items.length > most) throw tooLong;
      return items.map(() => 'done');
    };
    return { asked, run: () => inParts(range(8), attempt, undefined) };
  }

  it('is tried for each half where it takes longer than the server lets it', async () => {
    const { asked, run } = server(3);
    expect(await run()).to.deep.equal(range(8).map(() => 'done'));
    expect(asked).to.deep.equal([8, 4, 2, 2, 4, 2, 2]);
  });

  it('fails for each item where it takes too long for one alone', async () => {
    expect(await server(0).run()).to.deep.equal(range(8).map(() => tooLong));
  });
});
