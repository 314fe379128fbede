// Exchanges as fast as it is answered, over connections that stay open; prints how many there were. It writes and reads HTTP by
// itself: node:http would take half as much of the cores as the emulator that is measured on them.
import { connect } from 'node:net';

const { seconds, connections, tokenUrl, bearer, exchangeUrl, form, member } = JSON.parse(process.argv[2]);
const until = performance.now() + seconds * 1000;
const times = [];

/** A connection to an origin, for one request after another. */
function open(url) {
  const { hostname, port, host, pathname, search } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let text = '';
  let answered;
  socket.setEncoding('latin1');
  socket.on('data', (part) => {
    text += part;
    const head = text.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, head + 2))?.[1]);
    if (text.length < head + 4 + length) return;
    const [answer, body] = [text, text.slice(head + 4)];
    text = '';
    if (!answer.startsWith('HTTP/1.1 200 ')) throw new Error(answer);
    answered(body);
  });
  const ask = (method, headers, body = '') =>
    new Promise((resolve) => {
      answered = resolve;
      socket.write(`${method} ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\n${headers}\r\n${body}`);
    });
  return { ask, close: () => socket.destroy() };
}

await Promise.all(
  Array.from({ length: connections }, async () => {
    const [tokens, exchange] = [open(tokenUrl), open(exchangeUrl)];
    while (performance.now() < until) {
      const begin = performance.now();
      const { value } = JSON.parse(await tokens.ask('GET', `authorization: Bearer ${bearer}\r\n`));
      const body = `${form}&${member}=${value}`;
      const type = 'content-type: application/x-www-form-urlencoded';
      await exchange.ask('POST', `${type}\r\ncontent-length: ${body.length}\r\n`, body);
      times.push(performance.now() - begin);
    }
    tokens.close();
    exchange.close();
  }),
);
times.sort((a, b) => a - b);
const at = (part) => times[Math.floor(times.length * part)];
console.log(JSON.stringify({ exchanges: times.length, p50: at(0.5), p99: at(0.99) }));
