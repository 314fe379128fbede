import type { Callers } from './callers.ts';

const commit = '9d2f6c1b7a5e4f3d8c0b1a2e3f4d5c6b7a8e9f01';

/** What `git ls-remote` asks: one branch. Source: git, "HTTP transfer protocols". */
export function serveGit(callers: Callers): void {
  callers.route('GET', '/:organization/:project/_git/:repository/info/refs', async (_request, { reply }) => {
    const line = (text: string) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
    const lines = [line('# service=git-upload-pack\n'), '0000', line(`${commit} refs/heads/main\0\n`), '0000'];
    return reply.type('application/x-git-upload-pack-advertisement').send(lines.join(''));
  });
}
