import { expect } from 'chai';
import { toSdkImage } from '../../local/proof/sdk-image.ts';

describe('an image as the SDK takes it', () => {
  it('has bytes for base64, however deep, and everything else as it is', () => {
    const image = {
      b: { B: 'AP8=' },
      bs: { BS: ['AQ==', ''] },
      l: { L: [{ M: { ['__proto__']: { B: 'Bw==' } } }] },
      n: { N: '1.0' },
      s: { SS: ['x'] },
    };
    const converted = toSdkImage(image);
    expect(converted['b']).to.deep.equal({ B: Buffer.of(0, 255) });
    expect(converted['bs']).to.deep.equal({ BS: [Buffer.of(1), Buffer.of()] });
    expect(Object.entries(converted['l']?.L?.[0]?.M ?? {})).to.deep.equal([
      ['__proto__', { B: Buffer.of(7) }],
    ]);
    expect(converted['n']).to.deep.equal({ N: '1.0' });
    expect(converted['s']).to.deep.equal({ SS: ['x'] });
  });
});
