import { expect } from 'chai';
import { FailedCommands } from '../../src/application/use-case-result.ts';
import { Fault } from '../../src/domain/fault.ts';
import { change } from '../support/factories.ts';

describe('FailedCommands', () => {
  const [first, second, third] = [{ change: change() }, { change: change() }, { change: change() }] as const;
  const fault = new Fault('permanent', 'refused');

  it('given nothing, then no change has failed', () => {
    const failed = new FailedCommands();
    expect(failed.size).to.equal(0);
    expect(failed.get(first.change)).to.equal(undefined);
  });

  it('given a fault of several commands, then the change of each has failed with it, and no other', () => {
    const failed = new FailedCommands();
    failed.add([first, second], fault);
    expect(failed.get(first.change)).to.equal(fault);
    expect(failed.get(second.change)).to.equal(fault);
    expect(failed.get(third.change)).to.equal(undefined);
    expect(failed.size).to.equal(2);
  });

  it('given no result for an effect, then its changes have failed, and may be tried again', () => {
    const failed = new FailedCommands();
    failed.add([first], undefined);
    expect(failed.get(first.change)).to.include({
      kind: 'transient',
      message: 'the adapter gave no result for this effect',
    });
  });
});
