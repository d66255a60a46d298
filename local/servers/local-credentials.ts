/** What clients of the local servers need beside the endpoint. The servers take any credentials of this form. */
export const LOCAL_SDK = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'LOCAL', secretAccessKey: 'LOCAL' },
} as const;
