import { handler } from '../../src/entrypoints/lambda/handler.ts';

// The handler in a process of its own: events come as messages, answers go as lines. The channel keeps the process up.
process.on('message', (event) => {
  void handler(event, { getRemainingTimeInMillis: () => 60_000 }).then((answer) =>
    process.stdout.write(`${JSON.stringify(answer)}\n`),
  );
});
process.send?.('ready');
