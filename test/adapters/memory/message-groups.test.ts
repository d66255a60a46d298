import { expect } from 'chai';
import fc from 'fast-check';
import { type Delivered, MessageGroups } from '../../../src/adapters/memory/message-groups.ts';
import { range } from '../../support/range.ts';

const VISIBILITY = 100;

/** A queue, and what is received from it at a time. */
class Queue {
  readonly groups = new MessageGroups<string>();

  put(...messages: readonly (readonly [group: string, body: string])[]): void {
    for (const [group, body] of messages) this.groups.put(group, body, undefined);
  }

  receive(now: number, parts: Partial<Parameters<MessageGroups<string>['receive']>[0]> = {}) {
    return this.groups.receive({ max: 10, now, visibleFrom: now + VISIBILITY, ...parts });
  }
}

const bodies = (delivered: readonly Delivered<string>[]) => delivered.map(({ body }) => body);

describe('MessageGroups', () => {
  it('given groups, when receiving, then each is in order, and the one that waits longest is first', () => {
    const queue = new Queue();
    queue.put(['a', 'a1'], ['b', 'b1'], ['a', 'a2']);
    expect(bodies(queue.receive(0))).to.deep.equal(['a1', 'a2', 'b1']);
    expect(queue.groups.size).to.equal(3);
  });

  it('given a limit of messages or groups, or a choice, then it is kept to', () => {
    const queue = new Queue();
    queue.put(['a', 'a1'], ['a', 'a2'], ['b', 'b1'], ['c', 'c1']);
    expect(bodies(queue.receive(0, { max: 1 }))).to.deep.equal(['a1']);
    expect(bodies(queue.receive(0, { maxGroups: 1, choose: (groups) => groups - 1 }))).to.deep.equal(['c1']);
    expect(bodies(queue.receive(0))).to.deep.equal(['b1']);
  });

  it('given a message that somebody has, then nothing of its group is delivered, until it ends', () => {
    const queue = new Queue();
    queue.put(['a', 'a1'], ['a', 'a2'], ['b', 'b1']);
    const [first] = queue.receive(0, { max: 1 });
    expect(bodies(queue.receive(1))).to.deep.equal(['b1']);
    expect(queue.groups.end(first?.receipt ?? '', 2)).to.equal(true);
    expect(bodies(queue.receive(2))).to.deep.equal(['a2']);
    expect(queue.groups.end(first?.receipt ?? '', 3), 'twice').to.equal(false);
    expect(queue.groups.size).to.equal(2);
  });

  it('given a receiver that is too slow, then its messages come again, and are not its own any more', () => {
    const queue = new Queue();
    queue.put(['a', 'a1']);
    const [first] = queue.receive(0);
    expect(queue.groups.nextFree).to.equal(VISIBILITY);
    expect(bodies(queue.receive(VISIBILITY - 1))).to.deep.equal([]);
    const [again] = queue.receive(VISIBILITY);
    expect([first?.receives, again?.receives]).to.deep.equal([1, 2]);
    expect(again?.message).to.equal(first?.message);
    for (const lost of ['end', 'keep', 'release'] as const)
      expect(queue.groups[lost](first?.receipt ?? '', VISIBILITY, 999), lost).to.equal(false);
    expect(queue.groups.end(again?.receipt ?? '', VISIBILITY)).to.equal(true);
    expect([queue.groups.size, queue.groups.nextFree]).to.deep.equal([0, undefined]);
  });

  it('given a message that is kept, then it stays hidden for longer; one that is let go, for as long as asked', () => {
    const queue = new Queue();
    queue.put(['a', 'a1'], ['b', 'b1']);
    const [a, b] = queue.receive(0);
    expect(queue.groups.keep(a?.receipt ?? '', 50, 300)).to.equal(true);
    expect(queue.groups.release(b?.receipt ?? '', 50, 60)).to.equal(true);
    expect(bodies(queue.receive(59))).to.deep.equal([]);
    expect(bodies(queue.receive(60))).to.deep.equal(['b1']);
    expect(bodies(queue.receive(299, { visibleFrom: 1_000 }))).to.deep.equal(['b1']);
    expect(bodies(queue.receive(300))).to.deep.equal(['a1']);
  });

  it('given somebody who listens, then they are told whenever there is something to receive, until they leave', () => {
    const queue = new Queue();
    let told = 0;
    const leave = queue.groups.onFree(() => told++);
    queue.put(['a', 'a1']);
    expect(told).to.equal(1);
    const [first] = queue.receive(0);
    queue.put(['a', 'a2']);
    expect(told, 'its group is locked').to.equal(1);
    queue.groups.end(first?.receipt ?? '', 1);
    expect(told).to.equal(2);
    leave();
    queue.put(['b', 'b1']);
    expect(told).to.equal(2);
  });

  it('when what is free is taken, then in the order in which it was put, and what somebody has stays', () => {
    const queue = new Queue();
    queue.put(['c', 'c1'], ['a', 'a1'], ['b', 'b1'], ['a', 'a2']);
    queue.receive(0, { max: 1 });
    expect(queue.groups.takeFree()).to.deep.equal(['a1', 'b1', 'a2']);
    expect(queue.groups.size).to.equal(1);
    expect(bodies(queue.receive(VISIBILITY))).to.deep.equal(['c1']);
  });

  it('whatever is done, no group has two receivers, each is in order, and nothing is lost', () => {
    const step = fc.record({
      what: fc.constantFrom('put', 'receive', 'end', 'release', 'keep', 'pass'),
      which: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new Queue();
        const [put, ended] = [new Map<string, number>(), new Map<string, number>()];
        let held: { readonly of: Delivered<string>; until: number }[] = [];
        let now = 0;
        const drop = (receipt: string) => (held = held.filter(({ of }) => of.receipt !== receipt));
        for (const { what, which } of steps) {
          const group = `g${which % 3}`;
          const one = held[which % Math.max(1, held.length)];
          if (what === 'put') {
            put.set(group, (put.get(group) ?? 0) + 1);
            queue.put([group, `${group} ${put.get(group) ?? 0}`]);
          } else if (what === 'pass') now += which * 30;
          else if (what === 'receive') {
            held = held.filter(({ until }) => until > now);
            const locked = new Set(held.map(({ of }) => of.group));
            const delivered = queue.receive(now, { max: which + 1 });
            for (const of of delivered) {
              expect(locked.has(of.group), 'one receiver').to.equal(false);
              held.push({ of, until: now + VISIBILITY });
            }
            for (const name of new Set(delivered.map(({ group: its }) => its))) {
              const numbers = delivered.flatMap((of) =>
                of.group === name ? Number(of.body.split(' ')[1]) : [],
              );
              expect(numbers, 'in order').to.deep.equal(numbers.toSorted((a, b) => a - b));
            }
          } else if (one !== undefined) {
            const { receipt } = one.of;
            const isOurs = one.until > now;
            if (what === 'end') {
              expect(queue.groups.end(receipt, now)).to.equal(isOurs);
              if (isOurs) ended.set(one.of.group, (ended.get(one.of.group) ?? 0) + 1);
              drop(receipt);
            } else if (what === 'release') {
              expect(queue.groups.release(receipt, now, now + which)).to.equal(isOurs);
              drop(receipt);
            } else {
              expect(queue.groups.keep(receipt, now, now + VISIBILITY)).to.equal(isOurs);
              one.until = isOurs ? now + VISIBILITY : one.until;
            }
          }
        }
        const sum = (counts: Map<string, number>) => [...counts.values()].reduce((all, n) => all + n, 0);
        expect(queue.groups.size).to.equal(sum(put) - sum(ended));
        const left = range(20).flatMap((n) => queue.receive(1e6 + n * 1e6, { max: 100 }));
        expect(new Set(left.map(({ message }) => message)).size).to.equal(queue.groups.size);
      }),
      { numRuns: 300 },
    );
  });
});
