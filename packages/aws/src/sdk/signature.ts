/** What a signed call takes beside the protocol. */
export { Sha256 } from '@smithy/core/checksum';
export { HttpRequest } from '@smithy/core/protocols';
export { SignatureV4 } from '@smithy/signature-v4';
