import { type DynamoDBDocumentClient, paginateQuery, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Play } from './badges-of.js';

/** A badge that a player has. */
export interface Badge {
  readonly player: string;
  readonly badge: string;
  /** When the play was recorded that showed it, in milliseconds since 1970. */
  readonly earned_at: number | undefined;
}

/** What the effect reads and writes. */
export interface Games {
  /**
   * All plays of a player.
   *
   * @param told the play that the change is about, for what has no table to ask.
   */
  playsOf(
    player: string,
    told: { readonly after: Play | undefined },
    signal: AbortSignal,
  ): Promise<readonly Play[]>;
  /** The badges that a player has. */
  badgesOf(player: string, signal: AbortSignal): Promise<readonly string[]>;
  /** What to give `once`, so that these badges are stored. Where somebody stored one of them meanwhile, the attempt fails. */
  adding(badges: readonly Badge[]): unknown;
}

/** Plays in the table that is followed, badges in another. The caller closes the client. */
export class DynamoDbGames implements Games {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: { readonly plays: string; readonly badges: string };

  constructor(client: DynamoDBDocumentClient, tables: { readonly plays: string; readonly badges: string }) {
    this.#client = client;
    this.#tables = tables;
  }

  async playsOf(player: string, _: unknown, signal: AbortSignal): Promise<readonly Play[]> {
    const plays = await this.#query(
      {
        TableName: this.#tables.plays,
        KeyConditionExpression: 'PK = :player AND begins_with(SK, :play)',
        ExpressionAttributeValues: { ':player': `PLAYER#${player}`, ':play': 'PLAY#' },
        ProjectionExpression: 'game, #day',
        ExpressionAttributeNames: { '#day': 'day' },
      },
      signal,
    );
    return plays as unknown as readonly Play[];
  }

  async badgesOf(player: string, signal: AbortSignal): Promise<readonly string[]> {
    const rows = await this.#query(
      {
        TableName: this.#tables.badges,
        KeyConditionExpression: 'player = :player',
        ExpressionAttributeValues: { ':player': player },
      },
      signal,
    );
    return rows.map(({ badge }) => String(badge));
  }

  adding(badges: readonly Badge[]): unknown {
    return badges.map((badge) => ({
      Put: {
        TableName: this.#tables.badges,
        Item: badge,
        ConditionExpression: 'attribute_not_exists(player)',
      },
    }));
  }

  /** All pages, read consistently: the table is ahead of its stream, and a replica of it may not be. */
  async #query(input: QueryCommandInput, abortSignal: AbortSignal) {
    const pages = paginateQuery(
      { client: this.#client },
      { ...input, ConsistentRead: true },
      { abortSignal },
    );
    const items: Readonly<Record<string, unknown>>[] = [];
    for await (const { Items = [] } of pages) items.push(...Items);
    return items;
  }
}

/** For replays, which have no table to ask: the plays that it was told of, and what they earned. */
export class RememberedGames implements Games {
  readonly badges: Badge[] = [];
  readonly #plays = new Map<string, Play[]>();

  playsOf(player: string, { after }: { readonly after: Play | undefined }): Promise<readonly Play[]> {
    const plays = this.#plays.get(player) ?? [];
    this.#plays.set(player, plays);
    if (after !== undefined) plays.push(after);
    return Promise.resolve(plays);
  }

  badgesOf(player: string): Promise<readonly string[]> {
    const theirs = this.badges.filter((badge) => badge.player === player);
    return Promise.resolve(theirs.map(({ badge }) => badge));
  }

  adding(badges: readonly Badge[]): unknown {
    return () => {
      const isThere = ({ player, badge }: Badge) =>
        this.badges.some((one) => one.player === player && one.badge === badge);
      if (badges.some(isThere)) throw new Error('a badge is there already');
      this.badges.push(...badges);
    };
  }
}
