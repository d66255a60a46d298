declare module 'logform/combine.js' {
  import { format } from 'logform';
  export default format.combine;
}

declare module 'logform/json.js' {
  import { format } from 'logform';
  export default format.json;
}

declare module 'logform/printf.js' {
  import { format } from 'logform';
  export default format.printf;
}

declare module 'logform/timestamp.js' {
  import { format } from 'logform';
  export default format.timestamp;
}

declare module 'winston/lib/winston/create-logger.js' {
  import { createLogger } from 'winston';
  export default createLogger;
}

declare module 'winston/lib/winston/transports/stream.js' {
  import { transports } from 'winston';
  const Stream: (typeof transports)['Stream'];
  export default Stream;
}
