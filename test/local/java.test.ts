import { expect } from 'chai';
import { javaProblem } from '../../local/servers/java.ts';

describe('what is said of the Java that is found', () => {
  for (const version of ['17', '17.0.15', '21.0.2', '25-ea'])
    it(`given version ${version}, then nothing is wrong`, () => {
      expect(javaProblem(`openjdk version "${version}" 2025-04-15\nOpenJDK Runtime Environment`)).to.equal(
        undefined,
      );
    });

  for (const version of ['1.8.0_402', '11.0.22', '16'])
    it(`given version ${version}, then it is too old, and one line says what to install`, () => {
      expect(javaProblem(`java version "${version}"\n`))
        .to.match(/^Java \S+ is too old: install .*17/)
        .and.not.include('\n');
    });

  it('given none, then one line says what to install', () => {
    expect(javaProblem(undefined)).to.match(/^Java was not found: install .*17 .*JAVA_HOME$/);
    expect(javaProblem('The operation couldn’t be completed.')).to.include('install');
  });
});
