/**
 * A file that came with the command where it is one program with Node inside, `scripts/standalone.ts`; undefined where it is a script,
 * beside which files lie. Source: Node.js, "Single executable applications"; `node:sea` is in 20.12 for the first time.
 */
export function standaloneFile(name: string): Uint8Array | undefined {
  const sea = seaHere();
  return sea && new Uint8Array(sea.getRawAsset(name));
}

/** The words that this command is started with, before its options. @param script - where it is one */
export function ownProgram(node: string, script: string): readonly string[] {
  return seaHere() ? [node] : [node, script];
}

function seaHere() {
  const sea = process.getBuiltinModule?.('node:sea');
  return sea?.isSea() ? sea : undefined;
}
