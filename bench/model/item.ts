/** One attribute in DynamoDB's JSON. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly [type: string]: unknown;
}

/** An item in DynamoDB's JSON. Never altered: a write puts another in its place. */
export type Item = Readonly<Record<string, AttributeValue>>;
