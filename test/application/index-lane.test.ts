import { expect } from 'chai';
import { HeldMessage } from '../../src/application/held-message.ts';
import { IndexLane } from '../../src/application/index-lane.ts';
import { range } from '../support/range.ts';
import { action, received } from './indexing.ts';

const LINGER_MS = 50;

/** Messages of one collection that wait, and the time in milliseconds. */
class Waiting {
  readonly lane = new IndexLane();

  add(name: string, now: number, notBefore = 0): HeldMessage {
    const message = new HeldMessage(received(action(name, 1, '172')), 0);
    message.notBefore = notBefore;
    this.lane.add(message, now);
    return message;
  }

  due(now: number, load = 3): number {
    return this.lane.dueAt(now, load, LINGER_MS);
  }

  take(load: number, now: number): readonly string[] {
    return namesOf(this.lane.take(load, now));
  }
}

function namesOf(messages: readonly HeldMessage[]): readonly string[] {
  return messages.map(({ received: { group } }) => group.replace('FAA:', ''));
}

describe('IndexLane', () => {
  it('given nothing, then no batch is ever due', () => {
    const { lane } = new Waiting();
    expect([lane.isEmpty, lane.dueAt(0, 1, LINGER_MS)]).to.deep.equal([true, Infinity]);
    expect(lane.take(5, 0)).to.deep.equal([]);
  });

  it('given less than a batch, then it is due once the first has waited, whatever came since', () => {
    const world = new Waiting();
    world.add('N1', 100);
    expect(world.due(100)).to.equal(150);
    world.add('N2', 140);
    expect(world.due(149)).to.equal(150);
  });

  it('given a whole batch, then it is due at once', () => {
    const world = new Waiting();
    for (const name of ['N1', 'N2', 'N3']) world.add(name, 100);
    expect(world.due(100)).to.equal(100);
    expect(world.due(100, 4)).to.equal(150);
  });

  it('when a batch is taken, then those come first that came first, and the others wait anew', () => {
    const world = new Waiting();
    for (const n of range(5)) world.add(`N${n}`, n);
    expect(world.take(3, 200)).to.deep.equal(['N0', 'N1', 'N2']);
    expect([world.lane.isEmpty, world.due(200)]).to.deep.equal([false, 250]);
    expect(world.take(3, 250)).to.deep.equal(['N3', 'N4']);
    expect(world.lane.isEmpty).to.equal(true);
  });

  it('given messages that are not to be tried yet, then they are due at their time, and not before', () => {
    const world = new Waiting();
    world.add('N1', 0, 900);
    world.add('N2', 0, 700);
    expect([world.lane.isEmpty, world.due(0)]).to.deep.equal([false, 700]);
    expect(world.take(5, 699)).to.deep.equal([]);
    // It is as if it had come then.
    expect(world.due(700)).to.equal(750);
    expect(world.take(5, 750)).to.deep.equal(['N2']);
    expect(world.due(750)).to.equal(900);
    world.due(900);
    expect(world.take(5, 950)).to.deep.equal(['N1']);
  });

  it('given some that are dropped, then nothing of them is left, wherever they wait', () => {
    const world = new Waiting();
    const [ready, later] = [world.add('N1', 0), world.add('N2', 0, 500)];
    const kept = [world.add('N3', 0), world.add('N4', 0, 600)];
    world.lane.drop((message) => message === ready || message === later);
    expect(world.lane.takeAll()).to.deep.equal(kept);
    expect(world.lane.isEmpty).to.equal(true);
  });

  it('when all are taken, then those too that are not to be tried yet', () => {
    const world = new Waiting();
    world.add('N1', 0);
    world.add('N2', 0, 500);
    expect(namesOf(world.lane.takeAll())).to.deep.equal(['N1', 'N2']);
    expect([world.lane.isEmpty, world.due(1_000)]).to.deep.equal([true, Infinity]);
  });
});
