import { expect } from 'chai';
import { propose } from '../../../src/application/propose/propose.ts';
import type { Value } from '../../../src/domain/value.ts';
import { askedChoices } from '../../../src/entrypoints/cli/init/ask.ts';
import { range } from '../../support/range.ts';

const PROPOSAL = propose({
  keys: { partition: 'PK', partitionType: 'S', sort: 'SK', sortType: 'S' },
  rows: range(60).map((n) => ({
    key: n < 40 ? { partition: `C#${n}`, sort: `ORDER#${n}x` } : { partition: `C#${n}`, sort: 'PROFILE' },
    attributes: new Map<string, Value>(
      n < 40
        ? [
            ['status', 'open'],
            ['note', null],
          ]
        : [
            ['name', 'a'],
            ['city', 'b'],
            ['mail', 'c'],
          ],
    ),
  })),
});

describe('the questions of contrail init', () => {
  async function answers(...given: string[]) {
    const said: string[] = [];
    const left = [...given];
    const choices = await askedChoices(
      PROPOSAL,
      (question) => {
        said.push(question);
        const next = left.shift();
        if (next === undefined) throw new Error(`nothing to answer to ${question}`);
        return Promise.resolve(next);
      },
      (text) => said.push(text),
    );
    return { choices, said: said.join('') };
  }

  it('given nothing but Enter, then all kinds are taken as they are, and nothing is derived', async () => {
    const { choices, said } = await answers('', '', '', '');
    const names = PROPOSAL.kinds.map(({ name }) => name);
    expect([...choices.kinds]).to.deep.equal(names.map((name) => [name, name]));
    expect([choices.search, choices.counts]).to.deep.equal([[], []]);
    for (const name of names) expect(said).to.contain(name);
  });

  it('given numbers, names and what to count by, then they are taken', async () => {
    const { choices } = await answers('1', 'order=purchase', '1', 'purchase:status');
    expect([...choices.kinds]).to.deep.equal([['order', 'purchase']]);
    expect(choices.search).to.deep.equal(['purchase']);
    expect(choices.counts).to.deep.equal([{ kind: 'purchase', by: ['status'] }]);
  });

  it('given another name for no kind, or none of another, then it is explained, and asked for again', async () => {
    const { choices, said } = await answers('order', 'ordre=purchase', 'purchase', 'order=purchase', '', '');
    expect(said).to.contain('there is no kind "ordre"').and.to.contain('expected NAME=NEW');
    expect([...choices.kinds]).to.deep.equal([['order', 'purchase']]);
  });

  it('given wrong answers, then each is explained, and asked for again', async () => {
    const { choices, said } = await answers('9', 'nope', 'order', '', 'x', '', 'order', 'order:note', '');
    expect(said)
      .to.contain('there is no number 9')
      .and.to.contain('there is no kind "nope"')
      .and.to.contain('there is no kind "x"')
      .and.to.contain('does not say what to count')
      .and.to.contain('order cannot be counted by note');
    expect([...choices.kinds.keys()]).to.deep.equal(['order']);
  });
});
