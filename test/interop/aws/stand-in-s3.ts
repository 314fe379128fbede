import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Emulator } from '@fedbridge/emulator';

/** Stands in for S3 with empty buckets of any name, and remembers who signed for each. */
export interface StandInS3 extends AsyncDisposable {
  readonly url: string;
  /** The ARN of the session whose signature a bucket's requests had, or why they had nobody's. */
  callerOf(bucket: string): string | undefined;
}

export async function startStandInS3(emulator: Emulator): Promise<StandInS3> {
  const callers = new Map<string, string>();
  const server = createServer(({ method = '', url = '', headers }, response) => {
    const [path = '', query = ''] = url.split('?');
    const [, bucket = '', key = ''] = path.split('/');
    try {
      callers.set(bucket, emulator.awsCaller({ service: 's3', method, path, query, headers, body: '' }));
    } catch (error) {
      callers.set(bucket, String(error));
      response.writeHead(403).end();
      return;
    }
    if (key !== '') response.writeHead(404, { 'content-type': 'application/xml' }).end(noSuchKey);
    else response.writeHead(200, { 'content-type': 'application/xml' }).end(empty(bucket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    callerOf: (bucket) => callers.get(bucket),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const noSuchKey = '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>There is none.</Message></Error>';

function empty(bucket: string): string {
  const result = `<Name>${bucket}</Name><Prefix/><KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>`;
  return `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${result}</ListBucketResult>`;
}
