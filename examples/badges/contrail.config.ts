import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { gameTable } from './game-table.js';
import { DynamoDbGames, RememberedGames } from './games.js';

const { TABLE_NAME: plays, BADGES_TABLE: badges } = process.env;

/** On AWS both are set. A replay has no table to ask. */
export default gameTable(
  plays === undefined || badges === undefined
    ? new RememberedGames()
    : new DynamoDbGames(DynamoDBDocumentClient.from(new DynamoDBClient()), { plays, badges }),
);
