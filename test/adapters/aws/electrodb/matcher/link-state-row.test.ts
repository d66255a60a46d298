import { expect } from 'chai';
import { linkStateRowOf } from '../../../../../src/adapters/aws/electrodb/matcher/link-state-row.ts';
import { link, tuple, version } from '../../../../support/factories.ts';

const NOW = Date.parse('2026-01-05T09:00:00.999Z');

describe('linkStateRowOf', () => {
  for (const [what, of] of [
    ['counted', tuple()],
    ['of no tuple', undefined],
  ] as const)
    it(`given a link that is there and ${what}, when written, then the table never takes its state away`, () => {
      const row = linkStateRowOf(link(), { version: version(1), tuple: of, removed: false }, NOW);
      expect(row).not.to.have.property('expires_at');
      expect(row).to.include({ removed: false });
    });

  it('given a link that is removed, when written, then its tombstone ends in 30 days, in whole seconds', () => {
    const row = linkStateRowOf(link(), { version: version(2), tuple: undefined, removed: true }, NOW);
    expect(row).to.include({ removed: true, expires_at: Date.parse('2026-02-04T09:00:00Z') / 1_000 });
  });
});
