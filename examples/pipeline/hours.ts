/** What was sold in an hour. */
export interface Sale {
  /** `eu-central-1 2026-01-05T09` */
  readonly hour: string;
  readonly cents: number;
}

/** Where sales are added up. */
export interface Hours {
  /** What to give `once`, so that a sale is added. */
  adding(sale: Sale): unknown;
}

/** A row for each hour, in a table whose key is `hour`. */
export function dynamoDbHours(TableName: string): Hours {
  return {
    adding: ({ hour, cents }) => ({
      Update: {
        TableName,
        Key: { hour },
        UpdateExpression: 'ADD cents :cents, sales :one',
        ExpressionAttributeValues: { ':cents': cents, ':one': 1 },
      },
    }),
  };
}

/** For tests and replays. */
export class MemoryHours implements Hours {
  readonly cents = new Map<string, number>();

  adding({ hour, cents }: Sale): unknown {
    return () => {
      this.cents.set(hour, (this.cents.get(hour) ?? 0) + cents);
    };
  }
}
