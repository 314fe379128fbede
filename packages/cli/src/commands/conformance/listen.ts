import { invalid } from '@fedbridge/core';

/** Where something listens. */
export interface Listen {
  /** Without brackets. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** Parses an address with a port, `127.0.0.1:8443` or `[::1]:8443`. @throws FedbridgeError `INPUT_INVALID` */
export function parseListen(text: string): Listen {
  const [, host, six, port = ''] = /^(?:([\w.-]+)|\[([\da-fA-F:]+)\]):(\d{1,5})$/.exec(text) ?? [];
  const address = host ?? six;
  if (address !== undefined && Number(port) <= 65_535) return { host: address, port: Number(port) };
  throw invalid('expected an address and a port, such as 127.0.0.1:8443.');
}
