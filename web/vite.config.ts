import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

const SERVER = 'http://localhost:3000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    vue(),
    // The shell alone is kept for offline use: no request to the server is ever answered from a cache.
    VitePWA({
      // By src/client/new-version.ts: the page takes no script without Trusted Types.
      injectRegister: null,
      manifest: false,
      registerType: 'prompt',
      workbox: {
        globPatterns: ['**/*.{html,js,css,svg,png,webmanifest}'],
        inlineWorkboxRuntime: true,
        navigateFallback: '/index.html',
        navigateFallbackDenylist: [/^\/(api|health|docs|socket\.io)(\/|$)/],
        cleanupOutdatedCaches: true,
        sourcemap: false,
      },
    }),
  ],
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: true,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  worker: { format: 'es' },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy takes images as data, and nothing else.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The size budget is checked by it (test/web/size.e2e.ts).
    manifest: true,
  },
  // `npm run web`, beside a server that runs.
  server: {
    proxy: {
      '^/(api|health|docs)(/|$)': SERVER,
      '/socket.io': { target: SERVER, ws: true },
    },
  },
});
