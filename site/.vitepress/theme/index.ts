import type { Theme } from 'vitepress';
import { useData } from 'vitepress';
import theme from 'vitepress/theme-without-fonts';
import { onMounted, watchEffect } from 'vue';
import './style.css';

declare const document: {
  getElementById(
    id: string,
  ): { setAttribute(name: string, value: string): void; removeAttribute(name: string): void } | null;
};

export default {
  extends: theme,
  // The theme has a main landmark on every page but the first, which screen readers look for.
  setup() {
    const { frontmatter } = useData();
    onMounted(() =>
      watchEffect(() => {
        const content = document.getElementById('VPContent');
        if (frontmatter.value.layout === 'home') content?.setAttribute('role', 'main');
        else content?.removeAttribute('role');
      }),
    );
  },
} satisfies Theme;
