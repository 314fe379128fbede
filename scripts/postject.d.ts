/** Has no types of its own. Source: nodejs/postject, `src/api.js`. */
declare module 'postject' {
  export function inject(
    program: string,
    resource: string,
    data: Buffer,
    options: { readonly sentinelFuse: string; readonly machoSegmentName?: string },
  ): Promise<void>;
}
