/** What clients of the local servers need besides the endpoint. The servers accept any credentials. */
export const LOCAL_SDK = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'LOCAL', secretAccessKey: 'LOCAL' },
} as const;
