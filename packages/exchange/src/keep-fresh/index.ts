export { orderToken, tokenFile, tokenPath } from './order.ts';
