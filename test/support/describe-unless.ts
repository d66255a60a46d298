/**
 * Defines a suite that needs something of this machine. Where that is missing the suite is skipped, and its title says
 * what to install; in CI, where nothing may be skipped, it fails.
 *
 * @param missing one line that says what to install; undefined when all is there.
 */
export function describeUnless(missing: string | undefined, title: string, define: () => void): void {
  if (missing !== undefined && process.env['CI'] === undefined) {
    describe.skip(`${title}: ${missing}`, define);
    return;
  }
  describe(title, function () {
    this.timeout(180_000);
    before(() => {
      if (missing !== undefined) throw new Error(missing);
    });
    define();
  });
}
