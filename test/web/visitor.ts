import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { knowsFriend, type Person } from '../rig/people.js';
import { said } from './texts.js';

export const PHONE = { width: 360, height: 780 };
export const DESK = { width: 1_280, height: 800 };

export interface VisitorOptions extends BrowserContextOptions {
  /** As in web/src/stores/preferences.store.ts. */
  readonly preferences?: Readonly<Record<string, unknown>>;
}

/** Patience with a machine that runs other tests too. */
const WAIT_MS = 20_000;

/** Somebody with a browser of their own: storage, workers and caches are not shared with other visitors. */
export class Visitor {
  /** What its pages complained of: violations of their policy, errors on the console, exceptions. */
  readonly problems: string[] = [];
  name = '';

  private constructor(
    readonly url: string,
    readonly context: BrowserContext,
    public page: Page,
  ) {}

  static async arrive(
    browser: Browser,
    url: string,
    { preferences, ...options }: VisitorOptions = {},
  ): Promise<Visitor> {
    const usual = { viewport: DESK, reducedMotion: 'reduce', locale: 'en-GB', deviceScaleFactor: 1 } as const;
    const context = await browser.newContext({ ...usual, ...options });
    context.setDefaultTimeout(WAIT_MS);
    const chosen = { locale: 'en', undoSeconds: 0, lockAfterMinutes: 0, ...preferences };
    await context.addInitScript(
      ([key, value]) => {
        // A tab begins empty, where nothing is stored.
        if (location.protocol.startsWith('http') && localStorage.getItem(key) === null)
          localStorage.setItem(key, value);
      },
      ['ashwire/preferences', JSON.stringify(chosen)] as const,
    );
    const visitor = new Visitor(url, context, await context.newPage());
    visitor.listen();
    await visitor.page.goto(url);
    return visitor;
  }

  async go(path: string): Promise<void> {
    await this.page.goto(this.url + path);
  }

  /** Another tab of the same browser: the one that is used from now on. */
  async openTab(path = '/'): Promise<Page> {
    this.page = await this.context.newPage();
    await this.go(path);
    return this.page;
  }

  async leave(): Promise<void> {
    await this.context.close();
  }

  button(key: string, values: Readonly<Record<string, string | number>> = {}): Locator {
    return this.page.getByRole('button', { name: said(key, values), exact: true });
  }

  field(key: string, values: Readonly<Record<string, string | number>> = {}): Locator {
    return this.page.getByLabel(said(key, values), { exact: true });
  }

  /** Creates the account and writes the recovery words down, which are returned. */
  async register(name: string): Promise<readonly string[]> {
    this.name = name;
    await this.button('entrance.register').click();
    await this.field('entrance.username').fill(name);
    await this.button('entrance.create').click();
    const words = await this.readWords();
    await this.proveWords(words);
    await this.isInside();
    return words;
  }

  async readWords(): Promise<readonly string[]> {
    const list = this.page.getByRole('list', { name: said('entrance.wordsList') });
    await list.waitFor();
    return list.locator('bdi').allTextContents();
  }

  async proveWords(words: readonly string[]): Promise<void> {
    await this.button('entrance.wroteDown').click();
    const continued = this.button('common.continue');
    await continued.waitFor();
    for (const [index, word] of words.entries()) {
      const field = this.field('entrance.wordNumber', { place: index + 1 });
      if ((await field.count()) > 0) await field.fill(word);
    }
    await continued.click();
  }

  async isInside(): Promise<void> {
    await this.page.getByRole('navigation', { name: said('shell.places') }).waitFor();
  }

  /** Makes an invitation on the screen and returns its link. */
  async invite(): Promise<string> {
    await this.go('/friends/add');
    await this.button('friends.invite.create').click();
    return this.field('friends.invite.link').inputValue();
  }

  /** Opens the link, as if it had been sent by another way, and says yes. Returns the conversation's id. */
  async accept(link: string): Promise<string> {
    await this.page.goto(link);
    await this.button('friends.invitation.accept').click();
    await this.page.waitForURL(/\/chats\//);
    return this.page.url().split('/').at(-1) ?? '';
  }

  /** By an invitation of theirs; both sides know it then. Gives the id of the conversation. */
  async befriend(person: Person): Promise<string> {
    const conversationId = await this.accept((await person.client.friends.createInvitation()).link);
    await knowsFriend(person, conversationId);
    return conversationId;
  }

  composer(to: string): Locator {
    return this.field('chat.messageTo', { name: to });
  }

  /** In the chat that is open. Says yes when it is asked whether this is the right one. */
  async write(to: string, text: string): Promise<void> {
    await this.composer(to).fill(text);
    await this.composer(to).press('Enter');
    const confirm = this.button('chat.guard.send', { name: to });
    await confirm.or(this.bubble(text)).first().waitFor();
    if (await confirm.isVisible()) await confirm.click();
    await this.bubble(text).waitFor();
  }

  /** Sets for the chat that is open how long messages live after they were read. */
  async burnAfter(seconds: number): Promise<void> {
    await this.page.locator('header .burn').click();
    await this.field('chat.burn.label').selectOption(String(seconds));
    await this.button('chat.burn.save').click();
    await this.page.getByRole('dialog').waitFor({ state: 'detached' });
  }

  /** Its process is gone at once, with whatever it was about to do. */
  async crash(): Promise<void> {
    await this.page.goto('chrome://crash').catch(() => undefined);
    await this.page.close();
  }

  /** A message on the screen by what it says. */
  bubble(text: string): Locator {
    return this.page.locator('[data-id]').filter({ hasText: text });
  }

  async sees(text: string, state: string): Promise<void> {
    await this.page.locator(`[data-id][data-state="${state}"]`).filter({ hasText: text }).waitFor();
  }

  private listen(): void {
    this.context.on('console', (message) => {
      if (message.type() !== 'error') return;
      this.problems.push(`${this.name} console: ${message.text()} (${message.location().url})`);
    });
    this.context.on('weberror', (weberror) => {
      const error = weberror.error();
      this.problems.push(`${this.name} exception: ${error.stack ?? error.message}`);
    });
  }
}
