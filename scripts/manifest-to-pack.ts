/** What is read here of a `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly files: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: unknown;
  readonly scripts?: unknown;
  readonly sideEffects?: boolean | readonly string[];
  readonly publishConfig: { readonly exports: unknown; readonly [name: string]: unknown };
}

/**
 * A package's manifest as it is published: without what is of use in this repository alone, and with the exports of `publishConfig`, as
 * pnpm would have it. Source: pnpm, "package.json", `publishConfig`.
 *
 * @throws Error where it would need something of this workspace
 */
export function packedManifest({ devDependencies: _, scripts: __, publishConfig, ...manifest }: Manifest): object {
  const { exports, ...config } = publishConfig;
  // Those that it names are sources, which are not packed.
  const { sideEffects, ...others } = manifest;
  const needed = Object.keys(manifest.dependencies ?? {});
  if (needed.length > 0) throw new Error(`${manifest.name} would need ${needed}: what it is made of is bundled.`);
  return { ...others, ...(sideEffects === false ? { sideEffects } : {}), exports, publishConfig: config };
}
