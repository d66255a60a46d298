/** ElectroDB only words requests here. It sends none, so it needs nothing of the SDK. */
export {};
