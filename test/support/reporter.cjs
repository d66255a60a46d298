'use strict';

const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

/**
 * Mocha's spec reporter, closed by one line that machines can read: `N passed, N failed, N skipped`.
 * With TEST_SUMMARY_FILE set the line is written there too, which is what CI reads.
 */
module.exports = class extends reporters.Spec {
  epilogue() {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    const line = `${passes} passed, ${failures} failed, ${pending} skipped`;
    console.log(line);
    if (process.env.TEST_SUMMARY_FILE) writeFileSync(process.env.TEST_SUMMARY_FILE, `${line}\n`);
  }
};
