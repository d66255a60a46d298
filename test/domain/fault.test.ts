import { expect } from 'chai';
import { Fault } from '../../src/domain/fault.ts';

describe('Fault', () => {
  it('given a kind, a message and a cause, when made, then it is an error that carries them', () => {
    const cause = new Error('below');
    const fault = new Fault('configuration', 'set the table name', { cause });
    expect(fault).to.be.instanceOf(Error);
    expect(fault).to.include({ name: 'Fault', kind: 'configuration', message: 'set the table name', cause });
    expect(fault.stack).to.include('set the table name');
  });

  it('given no cause, when made, then it has none', () => {
    expect(new Fault('permanent', 'no')).not.to.have.property('cause');
  });

  it('given a reason, when made, then it keeps it beside the message; without one, the message is the reason', () => {
    expect(new Fault('permanent', 'message 7 is too large', { reason: 'too large' }).reason).to.equal(
      'too large',
    );
    expect(new Fault('permanent', 'message 7 is too large').reason).to.equal('message 7 is too large');
  });

  it('given a Fault of another copy of the module, then it is known for one, and nothing else is', async () => {
    const copy = '../../src/domain/fault.ts?copy';
    const other = (await import(copy)) as typeof import('../../src/domain/fault.ts');
    expect(other.Fault).not.to.equal(Fault);
    const fault = new other.Fault('permanent', 'poison');
    expect(Fault.is(fault) && Fault.from(fault) === fault).to.equal(true);
    for (const value of [
      new Error('poison'),
      { kind: 'permanent', message: 'poison' },
      'poison',
      undefined,
      null,
    ])
      expect(Fault.is(value)).to.equal(false);
  });

  describe('from', () => {
    it('given a Fault, when converted, then it is that very Fault', () => {
      const fault = new Fault('permanent', 'poison');
      expect(Fault.from(fault)).to.equal(fault);
    });

    it('given any other error, when converted, then it is transient and keeps message and cause', () => {
      const error = new TypeError('socket hang up');
      expect(Fault.from(error)).to.include({ kind: 'transient', message: 'socket hang up', cause: error });
    });

    it('given something thrown that is no error, when converted, then its text is the message', () => {
      expect(Fault.from('boom')).to.include({ kind: 'transient', message: 'boom', cause: 'boom' });
      expect(Fault.from(undefined)).to.include({ kind: 'transient', message: 'undefined' });
    });
  });
});
