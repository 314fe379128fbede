declare module '@vercel/ncc' {
  interface Options {
    readonly cache: boolean;
    readonly esm: boolean;
    readonly quiet: boolean;
    readonly target: string;
  }
  export default function ncc(
    entry: string,
    options: Options,
  ): Promise<{ code: string; assets: Record<string, { source: string | Buffer }> }>;
}
