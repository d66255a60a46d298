/** Only time stamps with a format of their own need this; the log's are ISO 8601. */
export function format(): never {
  throw new Error('this bundle was built without date formats');
}
