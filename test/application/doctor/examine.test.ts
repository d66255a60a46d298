import { expect } from 'chai';
import { CHECKS } from '../../../src/application/doctor/checks.ts';
import { examine } from '../../../src/application/doctor/examine.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { WANTED, WELL } from './well.ts';

describe('an examination', () => {
  it('given facts that nobody can find out, then each check that needs one says why, in one line, and the others are made', async () => {
    const { findings, untold, well } = await examine(
      CHECKS,
      {
        table: () => Promise.resolve(WELL.table),
        settings: () => Promise.resolve([]),
        stateTable: () => Promise.reject(new Fault('configuration', 'access denied\n  to it')),
        awsClock: () => Promise.reject(new Error('odd')),
      },
      WANTED,
    );
    expect(findings).to.deep.equal([]);
    expect(well).to.deep.equal(['settings', 'table', 'keys', 'stream']);
    const why = new Map(untold.map((one) => [one.check, one.why]));
    expect(why.get('state-table')).to.equal('access denied; to it');
    expect(why.get('aws-clock')).to.equal('odd');
    expect(why.get('gaps')).to.equal('it is not looked at here');
    expect(well.length + untold.length).to.equal(CHECKS.filter((check) => check.appliesTo(WANTED)).length);
  });

  it('given facts that take their time, then all are found out at once, and each once', async () => {
    const asked: string[] = [];
    let release: (value?: unknown) => void = () => undefined;
    const together = new Promise((resolve) => (release = resolve));
    const after =
      <T>(name: string, value: T) =>
      async () => {
        asked.push(name);
        if (asked.length === 3) release();
        await together;
        return value;
      };
    const { well } = await examine(
      CHECKS.filter(({ name }) => ['table', 'keys', 'aws-clock', 'gaps'].includes(name)),
      {
        table: after('table', WELL.table),
        awsClock: after('awsClock', 0),
        gaps: after('gaps', []),
      },
      WANTED,
    );
    expect(asked).to.deep.equal(['table', 'gaps', 'awsClock']);
    expect(well).to.deep.equal(['table', 'keys', 'gaps', 'aws-clock']);
  });
});
