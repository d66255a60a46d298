import { expect } from 'chai';
import { javaMissing } from '../../local/servers/java.ts';
import { run, SCRIPTS } from '../support/command-line.ts';
import { describeUnless } from '../support/describe-unless.ts';

describeUnless(javaMissing(), 'npm run local', () => {
  it('given --reader, then contrail consume reads the stream, and nothing drifts', async () => {
    const { status, out, err } = await run([...SCRIPTS.local, '--reader', '--records', '300']);
    expect(status, `${out}\n${err}`).to.equal(0);
    expect(out)
      .to.match(/^handled +in [\d.]+ s, by contrail consume$/m)
      .and.match(/^given up +0 records$/m)
      .and.match(/^ {2}GetRecords +[1-9]\d* +[\d.]+$/m)
      .and.match(/^ {2}SendMessageBatch +[1-9]\d* +[\d.]+$/m)
      .and.match(/^ {2}search +0 of [1-9]\d* documents$/m)
      .and.match(/^ {2}default images +0 of [1-9]\d* rows$/m)
      .and.match(/^ {2}matcher +0 of [1-9]\d* counts$/m)
      .and.include('no drift: everything derived matches the table');
  });

  it('given --full-table, then contrail backfill fills what is derived of it while more is written, and contrail verify proves it', async () => {
    const { status, out, err } = await run([...SCRIPTS.local, '--full-table', '--records', '300']);
    expect(status, `${out}\n${err}`).to.equal(0);
    expect(out)
      .to.match(/^filled +[1-9]\d* rows in [\d.]+ s, by contrail backfill$/m)
      .and.match(/^meanwhile +30 writes more; all handled in /m)
      .and.match(/^ {2}search +0 of [1-9]\d* documents$/m)
      .and.match(/^ {2}matcher +0 of [1-9]\d* counts$/m)
      .and.match(/^drift 0, undecided 0, refused 0$/m);
  });

  it('given the built function on real servers, then nothing drifts, and its requests are counted', async () => {
    const { status, out, err } = await run([...SCRIPTS.local, '--records', '600', '--seed', '5']);
    expect(status, `${out}\n${err}`).to.equal(0);
    // The function's metrics are for CloudWatch, not for whoever looks here.
    expect(out).not.to.contain('_aws');
    expect(out)
      .to.match(/^table writes +600 in /m)
      .and.match(/^given up +0 records$/m)
      .and.match(/^ {2}AmazonSQS\.SendMessageBatch +\d+ +[\d.]+$/m)
      .and.match(/^ {2}search +0 of [1-9]\d* documents$/m)
      .and.match(/^ {2}default images +0 of [1-9]\d* rows$/m)
      .and.match(/^ {2}matcher +0 of [1-9]\d* counts$/m)
      .and.include('no drift: everything derived matches the table');
  });
});
