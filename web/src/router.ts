import { createRouter, createWebHistory } from 'vue-router';
import { takeTicket } from './stores/invitation.store.js';

/** Addresses name conversations and people by random ids, and never leave the browser but for the page itself. */
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'home', component: () => import('./screens/chat/NoChat.vue') },
    {
      path: '/chats/:conversationId',
      name: 'chat',
      component: () => import('./screens/chat/ChatScreen.vue'),
      props: true,
    },
    { path: '/friends', name: 'friends', component: () => import('./screens/friends/FriendsScreen.vue') },
    { path: '/friends/add', name: 'add-friend', component: () => import('./screens/friends/AddFriendScreen.vue') },
    {
      path: '/friends/:userId',
      name: 'friend',
      component: () => import('./screens/friends/FriendScreen.vue'),
      props: true,
    },
    // What an invitation says stands behind its #, which goes to no server.
    { path: '/invitation', name: 'invitation', component: () => import('./screens/friends/InvitationScreen.vue') },
    { path: '/groups/new', name: 'new-group', component: () => import('./screens/groups/NewGroupScreen.vue') },
    {
      path: '/groups/:groupId',
      name: 'group',
      component: () => import('./screens/groups/GroupScreen.vue'),
      props: true,
    },
    { path: '/wallet', name: 'wallet', component: () => import('./screens/money/WalletScreen.vue') },
    { path: '/settings', name: 'settings', component: () => import('./screens/settings/SettingsScreen.vue') },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
});
router.beforeEach(takeTicket);
