import { startServers } from '../../local/servers/servers.ts';

// The servers in a process of their own, so that their work is not taken for the worker's. Ends with its parent.
const servers = await startServers();
const { dynamodb, sqs, queueUrl } = servers;
process.stdout.write(`${JSON.stringify({ dynamodb: dynamodb.endpoint, sqs: sqs.endpoint, queueUrl })}\n`);
process.stdin.resume().on('end', () => void servers.stop().then(() => process.exit(0)));
