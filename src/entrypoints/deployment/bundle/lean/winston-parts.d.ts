/* Files of winston and logform that come without types. The logger's own code is checked against winston's. */

declare module 'logform/combine.js' {
  const combine: unknown;
  export default combine;
}

declare module 'logform/json.js' {
  const json: unknown;
  export default json;
}

declare module 'logform/printf.js' {
  const printf: unknown;
  export default printf;
}

declare module 'logform/timestamp.js' {
  const timestamp: unknown;
  export default timestamp;
}

declare module 'winston/lib/winston/create-logger.js' {
  const createLogger: unknown;
  export default createLogger;
}

declare module 'winston/lib/winston/transports/stream.js' {
  const Stream: unknown;
  export default Stream;
}
