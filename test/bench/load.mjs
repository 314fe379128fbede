// Exchanges as fast as it is answered, over connections that stay open; prints how many there were.
import { Agent, request } from 'node:http';

const { seconds, connections, tokenUrl, bearer, exchangeUrl, form, member } = JSON.parse(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const until = performance.now() + seconds * 1000;
const times = [];

function ask(url, headers, body) {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: body === undefined ? 'GET' : 'POST', headers, agent }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(text));
      });
    });
    outgoing.on('error', reject).end(body);
  });
}

const type = { 'content-type': 'application/x-www-form-urlencoded' };
await Promise.all(
  Array.from({ length: connections }, async () => {
    while (performance.now() < until) {
      const begin = performance.now();
      const { value } = JSON.parse(await ask(tokenUrl, { authorization: `Bearer ${bearer}` }));
      await ask(exchangeUrl, type, `${form}&${member}=${value}`);
      times.push(performance.now() - begin);
    }
  }),
);
agent.destroy();
times.sort((a, b) => a - b);
const at = (part) => times[Math.floor(times.length * part)];
console.log(JSON.stringify({ exchanges: times.length, p50: at(0.5), p99: at(0.99) }));
