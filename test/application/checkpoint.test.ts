import { expect } from 'chai';
import { deliveredAgain, lowestFailed, type Redelivery } from '../../src/application/checkpoint.ts';
import type { Delivery, Outcome } from '../../src/application/delivery.ts';
import { Fault } from '../../src/domain/fault.ts';
import { faultOf } from '../support/factories.ts';

type Handled = readonly [sequenceNumber: string | undefined, outcome: Outcome];

const reason = new Fault('transient', 'throttled');
const done: Outcome = { status: 'applied' };
const ignored: Outcome = { status: 'ignored' };
const duplicate: Outcome = { status: 'duplicate' };
const failed: Outcome = { status: 'failed', fault: reason, heldBack: false };
const heldBack: Outcome = { ...failed, heldBack: true };

function checkpointOf(...batch: Handled[]): string | undefined {
  const deliveries = batch.map(([sequenceNumber]): Delivery => ({
    raw: undefined,
    kind: 'unrecognised',
    record: { sequenceNumber },
  }));
  return lowestFailed(
    deliveries,
    batch.map(([, outcome]) => outcome),
  );
}

describe('lowestFailed', () => {
  it('given an empty batch, then there is none', () => {
    expect(checkpointOf()).to.equal(undefined);
  });

  it('given a batch in which nothing failed, then there is none', () => {
    expect(checkpointOf(['1', done], ['2', ignored], ['3', duplicate])).to.equal(undefined);
  });

  it('given one failure, then it is that', () => {
    expect(checkpointOf(['1', done], ['2', failed], ['3', done])).to.equal('2');
  });

  it('given several, then it is the lowest, wherever it stands', () => {
    expect(checkpointOf(['30', failed], ['10', done], ['20', failed], ['25', failed])).to.equal('20');
  });

  it('given a record that was held back, then that counts as failed', () => {
    expect(checkpointOf(['2', heldBack], ['3', failed])).to.equal('2');
  });

  it('given numbers of different length, then the lowest is the lowest number, not text', () => {
    expect(checkpointOf(['1000000000000000000000', failed], ['999999999999999999999', failed])).to.equal(
      '999999999999999999999',
    );
    expect(checkpointOf(['9', failed], ['10', failed])).to.equal('9');
  });

  it('given numbers that are equal as doubles, then it still tells them apart', () => {
    expect(checkpointOf(['9007199254740993000002', failed], ['9007199254740993000001', failed])).to.equal(
      '9007199254740993000001',
    );
  });

  it('given a number with leading zeros, then it is reported as it was delivered', () => {
    expect(checkpointOf(['20', failed], ['0019', failed])).to.equal('0019');
  });

  it('given records without numbers that did not fail, then they do not matter', () => {
    expect(checkpointOf([undefined, done], ['2', failed], [undefined, ignored])).to.equal('2');
  });

  for (const batch of [
    [[undefined, failed]],
    [
      ['1', failed],
      [undefined, failed],
    ],
    [
      [undefined, heldBack],
      ['1', failed],
    ],
  ] satisfies Handled[][])
    it(`given a failed record without a number (${batch.map(([n]) => n ?? 'none').join(', ')}), then it throws, as no checkpoint covers it`, () => {
      const fault = faultOf(() => checkpointOf(...batch));
      const index = batch.findIndex(([sequence]) => sequence === undefined);
      expect(fault.message).to.equal(
        `record ${index} of the batch failed and has no sequence number to report: throttled`,
      );
      expect(fault.kind).to.equal(reason.kind);
      expect(fault.cause).to.equal(reason);
    });

  it('given a failure that belongs to no record, then it throws, as no checkpoint covers it', () => {
    expect(faultOf(() => lowestFailed([], [failed])).message).to.equal(
      'record 0 of the batch failed and has no sequence number to report: throttled',
    );
  });
});

describe('deliveredAgain', () => {
  const batch: readonly Handled[] = [
    ['10', done],
    ['9', failed],
    ['11', heldBack],
    ['12', done],
    ['13', ignored],
  ];
  const again = (redelivery: Redelivery) => {
    const deliveries = batch.map(([sequenceNumber]): Delivery => ({
      raw: undefined,
      kind: 'unrecognised',
      record: { sequenceNumber },
    }));
    const isAgain = deliveredAgain(
      deliveries,
      batch.map(([, outcome]) => outcome),
      redelivery,
    );
    return ['9', '10', '11', '12', '13'].filter(isAgain);
  };

  it('given a reader, then what failed and what was held back comes again, and nothing else', () => {
    expect(again('only what failed')).to.deep.equal(['9', '11']);
  });

  it('given an event source, then everything from the lowest failure on, or all, does', () => {
    expect(again('from the checkpoint')).to.deep.equal(['9', '10', '11', '12', '13']);
    expect(again('the whole batch')).to.deep.equal(['9', '10', '11', '12', '13']);
  });
});
