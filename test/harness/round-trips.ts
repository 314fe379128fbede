import { connect, createServer, type Socket } from 'node:net';

/** Where a server is, and where it is to be reached. */
interface SlowWayOptions {
  readonly port: number;
  /** Another address of loopback, on which the server listens to that port. Clients find the way there on 127.0.0.1. */
  readonly address: string;
  /** What each round trip takes, that of connecting included, in ms. */
  readonly roundTripMs: number;
}

/** Makes the way to a server on loopback take as long as one to a server elsewhere. */
export async function slowWay({ port, address, roundTripMs }: SlowWayOptions): Promise<AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port, host: address, allowHalfOpen: true });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket.setNoDelay(true));
      socket.on('close', () => sockets.delete(socket)).on('error', () => other.destroy());
    }
    // A client of loopback is connected at once, and what it then says is as late as if it had waited.
    carry(client, upstream, { firstMs: roundTripMs, ms: roundTripMs / 2 });
    carry(upstream, client, { firstMs: 0, ms: roundTripMs / 2 });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Carries what is written on one side to the other, each piece `ms` later and none before `firstMs` and `ms` are over. */
function carry(from: Socket, to: Socket, { firstMs, ms }: { readonly firstMs: number; readonly ms: number }): void {
  const pieces: { readonly due: number; readonly deliver: () => void }[] = [];
  const begin = performance.now() + firstMs;
  const wait = () => {
    const [next] = pieces;
    if (next) setTimeout(deliver, Math.max(0, next.due - performance.now()));
  };
  // One timer for all: two of them may end in another order than they began.
  const deliver = () => {
    while (pieces[0] && pieces[0].due <= performance.now()) pieces.shift()?.deliver();
    wait();
  };
  const add = (what: () => void) => {
    pieces.push({ due: Math.max(performance.now(), begin) + ms, deliver: what });
    if (pieces.length === 1) wait();
  };
  from.on('data', (piece) => add(() => void to.write(piece)));
  from.on('end', () => add(() => void to.end()));
}
