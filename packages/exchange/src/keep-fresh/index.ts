export { orderToken, tokenFile } from './order.ts';
