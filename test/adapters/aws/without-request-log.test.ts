import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { withoutRequestLog } from '../../../src/adapters/aws/without-request-log.ts';

/** Answers every request with an empty object, and notes whether the SDK looked at what it was given for a log. */
function aClient() {
  const seen = { inputs: 0 };
  const client = new DynamoDBClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'LOCAL', secretAccessKey: 'local' },
    requestHandler: {
      handle: async () => ({
        response: { statusCode: 200, headers: {}, body: new TextEncoder().encode('{}') },
      }),
    } as never,
  });
  client.middlewareStack.add(
    (next, context) => {
      const filter = (context as { inputFilterSensitiveLog?: (input: unknown) => unknown })
        .inputFilterSensitiveLog;
      Object.assign(context, {
        inputFilterSensitiveLog: (input: unknown) => {
          seen.inputs++;
          return filter?.(input) ?? input;
        },
      });
      return next;
    },
    { step: 'initialize', priority: 'high' },
  );
  return { client, seen };
}

describe('a client without a request log', () => {
  const command = () =>
    new GetItemCommand({ TableName: 'aircraft', Key: { PK: { S: 'x' }, SK: { S: 'y' } } });

  it('given the SDK’s own logger, then a log entry is prepared for nobody', async () => {
    const { client, seen } = aClient();
    await client.send(command());
    expect(seen.inputs).to.equal(1);
  });

  it('given none, then requests work as before, and nothing is prepared', async () => {
    const { client, seen } = aClient();
    withoutRequestLog(client);
    expect(await client.send(command())).to.have.property('$metadata');
    expect(seen.inputs).to.equal(0);
    expect(client.config.logger.warn).to.be.a('function');
  });
});
