import { spawn } from 'node:child_process';
import { goClient, hasGo } from './azure-clients.ts';
import type { Variables } from './process.ts';

export type Api = 'resource-manager' | 'key-vault' | 'storage' | 'graph';

/** One run of a tool of Terraform's, which asks for each API's token when it needs it. */
export interface ToolRun {
  token(api: Api): Promise<string>;
  end(): void;
}

/** Each filled as the tool of that name fills it: test/interop/go. */
export const terraformTools = ['azurerm-sdk', 'azurerm-framework', 'azuread', 'azapi', 'backend', 'packer'] as const;
export type TerraformTool = (typeof terraformTools)[number];

export const terraform = {
  isThere: hasGo,
  start(tool: TerraformTool, env: Variables): ToolRun {
    const child = spawn(goClient, [tool], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let [lines, said] = ['', ''];
    let wake = () => {};
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      lines += text;
      wake();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const ended = new Promise<never>((_, reject) => child.on('close', () => reject(new Error(said))));
    ended.catch(() => {});
    child.stdin.on('error', () => {});
    return {
      async token(api) {
        child.stdin.write(`${api}\n`);
        while (!lines.includes('\n')) {
          await Promise.race([
            ended,
            new Promise<void>((resolve) => {
              wake = resolve;
            }),
          ]);
        }
        const [line = '', ...rest] = lines.split('\n');
        lines = rest.join('\n');
        return line;
      },
      end: () => child.stdin.end(),
    };
  },
};
