export { type ExchangeOrder, exchange } from './exchange.ts';
export { ExchangedToken, leaseOf } from './exchanged-token.ts';
export type { Delivery, Profile } from './profile.ts';
export { profiles } from './profiles.ts';
export { fill, fillTexts, type Template, type Values } from './template.ts';
export { audienceOf, valuesOf, whoOf } from './values.ts';
