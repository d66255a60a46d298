import { expect } from 'chai';
import {
  aliasPath,
  collectionPath,
  documentPath,
  filterById,
  isNameable,
} from '../../../src/adapters/typesense/addresses.ts';
import { Fault } from '../../../src/domain/fault.ts';

describe('addresses of Typesense', () => {
  it('given names and ids with signs of an address, then each is one part of it, decoded once', () => {
    expect(collectionPath('a/b +?#%2F')).to.equal('/collections/a%2Fb%20%2B%3F%23%252F');
    expect(aliasPath('a/b')).to.equal('/aliases/a%2Fb');
    expect(documentPath('a', 'x/../y?z')).to.equal('/collections/a/documents/x%2F..%2Fy%3Fz');
    for (const name of ['', '.', '..'])
      expect(() => collectionPath(name), name)
        .to.throw()
        .that.satisfies((error: unknown) => Fault.is(error));
  });

  it('given ids for a filter, then each stands in back-ticks, so that no sign in it is one of the filter’s', () => {
    expect(filterById(['FAA:N1', 'a-b', '..'])).to.equal('id:[`FAA:N1`,`a-b`,`..`]');
    for (const id of ['a`b', 'a,b', '*', ' a', 'a b', 'a]b', 'ü', 'x'.repeat(1_000)])
      expect(isNameable(id), id).to.equal(false);
  });
});
