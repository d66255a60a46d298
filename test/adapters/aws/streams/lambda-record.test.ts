import { expect } from 'chai';
import { toLambdaRecord } from '../../../../src/adapters/aws/streams/lambda-record.ts';

const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/aircraft/stream/2026-01-01T00:00:00.000';

describe('a record of GetRecords as Lambda delivers it', () => {
  it('names its stream, has whole seconds, and is otherwise the same', () => {
    const recorded = {
      eventID: 'e1',
      eventName: 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      dynamodb: {
        ApproximateCreationDateTime: 1795253100.9,
        Keys: { PK: { S: 'a' }, SK: { S: 'b' } },
        NewImage: {
          PK: { S: 'a' },
          SK: { S: 'b' },
          bytes: { B: 'AP8=' },
          n: { N: '12345678901234567890123456789' },
        },
        OldImage: { PK: { S: 'a' }, SK: { S: 'b' } },
        SequenceNumber: '000000000000000000001',
        SizeBytes: 62,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    };
    expect(toLambdaRecord(recorded, ARN)).to.deep.equal({
      ...recorded,
      dynamodb: { ...recorded.dynamodb, ApproximateCreationDateTime: 1795253100 },
      eventSourceARN: ARN,
    });
  });

  it('spells the fields of who did it small, and has none where nobody is named', () => {
    const dynamodb = { SequenceNumber: '1' };
    const userIdentity = { PrincipalId: 'dynamodb.amazonaws.com', Type: 'Service' };
    expect(toLambdaRecord({ dynamodb, userIdentity }, ARN)['userIdentity']).to.deep.equal({
      principalId: 'dynamodb.amazonaws.com',
      type: 'Service',
    });
    expect(toLambdaRecord({ dynamodb }, ARN)).not.to.have.property('userIdentity');
  });

  it('keeps an attribute named __proto__', () => {
    const text = '{"dynamodb":{"NewImage":{"m":{"M":{"__proto__":{"S":"x"}}}}}}';
    expect(JSON.stringify(toLambdaRecord(JSON.parse(text), ARN))).to.include('{"__proto__":{"S":"x"}}');
  });

  it('refuses what is no record', () => {
    expect(() => toLambdaRecord({}, ARN)).to.throw('not a stream record');
  });
});
