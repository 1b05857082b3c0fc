import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { keepShell } from './client/new-version.js';
import { i18n } from './i18n.js';
import { router } from './router.js';
import './styles/tokens.css';
import './styles/base.css';

createApp(App).use(createPinia()).use(i18n).use(router).mount('#app');
// After what is on the screen first. Without it everything works but opening without a network.
addEventListener('load', () => void keepShell().catch(() => undefined));
