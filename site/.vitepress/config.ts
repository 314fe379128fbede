import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { slug } from 'github-slugger';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { readOwner } from '../../scripts/owner.ts';
import { filesBeside, vueFromHere } from '../beside.ts';
import { firstSentences } from '../description.ts';
import { bracesAsTheyAre, linkOnSite, linksOnSite } from '../links.ts';
import { list, pages, placeOf, quickStarts, root } from '../navigation.ts';

const { owner } = readOwner(root);
const repository = `https://github.com/${owner}/fedbridge`;
/** As GitHub Pages serves the site of a repository. */
const base = '/fedbridge/';
const linkTo = (file: string) => linkOnSite('README.md', file, repository).replace(/^(\/.*)\.md$/, '$1');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** What the first page begins with. */
const hero = {
  name: 'Fedbridge',
  text: 'Cloud credentials for CI jobs, with no stored secret',
  tagline:
    'GitHub Actions, Azure Pipelines and GitLab CI to AWS, Azure, Google Cloud and Vault by OIDC. Trust policies written, checked and explained.',
  actions: [
    { text: 'What it is', link: '/overview' },
    { text: 'Try it without an account', link: '/emulator', theme: 'alt' },
  ],
};

export default defineConfig({
  title: 'Fedbridge',
  description: firstSentences(read('README.md')),
  lang: 'en-US',
  base,
  head: [['link', { rel: 'icon', href: `${base}icon.png` }]],
  cleanUrls: true,
  srcDir: root,
  srcExclude: readdirSync(root)
    .filter((name) => !pages.some((page) => page.split('/')[0] === name))
    .flatMap((name) => [name, `${name}/**`]),
  rewrites: (page) => placeOf(page),
  outDir: 'dist',
  cacheDir: '.vitepress/cache',
  // Of the emulator, on the reader's machine.
  ignoreDeadLinks: 'localhostLinks',
  sitemap: { hostname: `https://${owner.toLowerCase()}.github.io/fedbridge/` },
  // A picture is a file.
  vite: { plugins: [vueFromHere, filesBeside], build: { assetsInlineLimit: 0 } },
  markdown: {
    anchor: { slugify: slug },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    // What GitHub does not know either.
    attrs: false,
    emoji: false,
    toc: false,
    container: false,
    include: false,
    snippet: false,
    config: (markdown) => {
      linksOnSite(markdown, repository);
      bracesAsTheyAre(markdown);
    },
  },
  transformPageData: (page) => {
    if (page.filePath !== 'site/index.md') return { description: firstSentences(read(page.filePath)) };
    const features = quickStarts(read('llms.txt')).map(({ file, ...one }) => ({ ...one, link: linkTo(file) }));
    return { frontmatter: { layout: 'home', hero, features } };
  },
  themeConfig: {
    nav: [
      { text: 'Overview', link: '/overview' },
      { text: 'Concepts', link: '/concepts' },
      { text: 'Recipes', link: '/recipes' },
      { text: 'Troubleshooting', link: '/troubleshooting' },
    ],
    sidebar: [
      { text: 'Fedbridge', items: [{ text: 'Overview', link: '/overview' }] },
      ...list.map(({ text, entries }) => ({
        text,
        items: entries.map(({ text, file }): DefaultTheme.SidebarItem => ({ text, link: linkTo(file) })),
      })),
    ],
    outline: 'deep',
    search: { provider: 'local', options: { detailedView: true } },
    socialLinks: [{ icon: 'github', link: repository }],
    editLink: { pattern: `${repository}/blob/main/:path`, text: 'The source of this page' },
    footer: {
      message: `<a href="${repository}/blob/main/LICENSE">MIT licence</a>, <a href="${base}licenses.txt">licences of others</a>`,
    },
  },
});
