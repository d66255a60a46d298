import { revenueTable } from './revenue.js';
import { dynamoDbHours, MemoryHours } from './hours.js';

const { HOURS_TABLE: table } = process.env;

export default revenueTable(table === undefined ? new MemoryHours() : dynamoDbHours(table));
