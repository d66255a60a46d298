'use strict';

const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

const CONTRACT = /^contract of the (.+): (.+)$/;

/**
 * Mocha's spec reporter, closed by a table of which port's contract ran against what, and by one line that
 * machines can read: `N passed, N failed, N skipped`. With TEST_SUMMARY_FILE set that line is written there too,
 * which is what CI reads.
 */
module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    this.contracts = new Map();
    for (const event of ['pass', 'fail', 'pending']) runner.on(event, (test) => this.count(event, test));
  }

  count(event, test) {
    // Of tests that ran in another process there are no suites here, but their titles.
    for (const title of test.titlePath()) {
      const match = CONTRACT.exec(title);
      if (!match) continue;
      const [, port, implementation] = match;
      const key = `${port}\n${implementation}`;
      const counts = this.contracts.get(key) ?? { port, implementation, pass: 0, fail: 0, pending: 0 };
      counts[event]++;
      this.contracts.set(key, counts);
    }
  }

  epilogue() {
    super.epilogue();
    if (this.contracts.size > 0) {
      console.log(`${'contract of the port'.padEnd(24)} ${'ran against'.padEnd(24)}  passed  failed skipped`);
      const rows = [...this.contracts.values()].sort((a, b) =>
        a.port < b.port ? -1 : a.port > b.port ? 1 : 0,
      );
      for (const { port, implementation, pass, fail, pending } of rows)
        console.log(
          `${port.padEnd(24)} ${implementation.padEnd(24)} ${[pass, fail, pending].map((n) => String(n).padStart(8)).join('')}`,
        );
      console.log();
    }
    const { passes, failures, pending } = this.stats;
    const line = `${passes} passed, ${failures} failed, ${pending} skipped`;
    console.log(line);
    if (process.env.TEST_SUMMARY_FILE) writeFileSync(process.env.TEST_SUMMARY_FILE, `${line}\n`);
  }
};
