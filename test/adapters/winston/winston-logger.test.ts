import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { WinstonLogger, type WinstonLoggerOptions } from '../../../src/adapters/winston/winston-logger.ts';

function logger(level: WinstonLoggerOptions['level'], readable = false) {
  const stream = new PassThrough({ encoding: 'utf8' });
  return {
    logger: new WinstonLogger({ level, stream, readable }),
    text: () => (stream.read() as string | null) ?? '',
  };
}

describe('the winston logger', () => {
  it('given JSON lines, when a failure is logged, then the line has its fields, the stack and the causes', () => {
    const { logger: log, text } = logger('info');
    const error = new Error('outer', { cause: new Error('inner') });
    log.log('error', 'record failed', { pk: 'P', sk: 'S', error });
    const line = JSON.parse(text()) as Record<string, unknown>;
    expect(line).to.include({ level: 'error', message: 'record failed', pk: 'P', sk: 'S' });
    expect(line['timestamp']).to.match(/^\d{4}-\d\d-\d\dT/);
    expect(line['error']).to.deep.include({ name: 'Error', message: 'outer', stack: error.stack });
    expect(line['error']).to.have.nested.property('cause.message', 'inner');
  });

  it('given fields of every line, then each line has them as they are when it is written', () => {
    const stream = new PassThrough({ encoding: 'utf8' });
    let requestId = 'one';
    const log = new WinstonLogger({ level: 'info', stream, readable: false, fields: () => ({ requestId }) });
    log.log('info', 'a', {});
    requestId = 'two';
    log.log('error', 'b', { error: new Error('no') });
    const lines = (stream.read() as string).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as Record<string, unknown>)['requestId'])).to.deep.equal([
      'one',
      'two',
    ]);
  });

  it('given an error with a client’s properties, then only its name, message, stack and causes are logged', () => {
    const { logger: log, text } = logger('info');
    log.log('error', 'failed', { error: Object.assign(new Error('no'), { secretAccessKey: 'hush' }) });
    expect(text()).not.to.contain('hush');
  });

  it('given a cause that is the error itself, when logged, then the line ends all the same', () => {
    const { logger: log, text } = logger('info');
    const error = new Error('round');
    error.cause = error;
    log.log('error', 'failed', { error });
    expect(text()).to.contain('round');
  });

  it('given what is no stream, but takes lines, then each is written at once', () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => lines.push(line) };
    const log = new WinstonLogger({ level: 'info', stream, readable: true });
    log.log('info', 'one', {});
    log.log('error', 'two', {});
    expect(lines.map((line) => line.trim().split(' ').at(-1))).to.deep.equal(['one', 'two']);
    expect(lines.every((line) => line.endsWith('\n'))).to.equal(true);
  });

  it('given what takes no lines, then its error is not lost', () => {
    const stream = {
      write: () => {
        throw new Error('full');
      },
    };
    const log = new WinstonLogger({ level: 'info', stream, readable: true });
    expect(() => log.log('info', 'one', {})).to.throw('full');
  });

  it('given a terminal, when logged, then the line is text, and the stack follows', () => {
    const { logger: log, text } = logger('info', true);
    log.log('warn', 'record held back', {
      pk: 'P Q',
      counts: { failed: 1 },
      sk: undefined,
      error: new Error('broken'),
    });
    expect(text()).to.match(
      /^\S+ warn {2}record held back pk=P Q counts=\{"failed":1\}\nError: broken\n {4}at /,
    );
  });

  it('given a level, when asked, then only it and what is worse are enabled and written', () => {
    const { logger: log, text } = logger('warn');
    expect(['error', 'warn', 'info', 'debug'].map((level) => log.enabled(level as 'error'))).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
    log.log('info', 'not this', {});
    log.log('warn', 'but this', {});
    expect(text()).to.contain('but this').and.not.to.contain('not this');
  });

  it('given silence, when a failure is logged, then nothing is written', () => {
    const { logger: log, text } = logger('silent');
    expect(log.enabled('error')).to.equal(false);
    log.log('error', 'failed', {});
    expect(text()).to.equal('');
  });

  it('given a message that was thrown but is no error, when logged, then it is told', () => {
    const { logger: log, text } = logger('info');
    log.log('error', 'failed', { error: 'just text' });
    expect(text()).to.contain('just text');
  });
});
