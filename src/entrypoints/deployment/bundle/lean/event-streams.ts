/** Neither DynamoDB nor SQS has an operation with an event stream. */
export class EventStreamSerde {
  constructor() {
    throw new Error('this bundle was built without event streams');
  }
}

export const eventStreamSerdeProvider = undefined;
