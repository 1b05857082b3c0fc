import type { Browser } from 'playwright-core';
import type { Profile } from '../../src/config/config.schema.js';
import type { DeepPartial } from '../../src/config/deep-partial.js';
import { type Person, registerPerson } from '../rig/people.js';
import { ServerProcess } from '../rig/server-process.js';
import { type BrowserOptions, openBrowser } from './browsers.js';
import { Visitor, type VisitorOptions } from './visitor.js';

export interface StageOptions extends BrowserOptions {
  /** Of the server's profile. */
  readonly overrides?: DeepPartial<Profile>;
  /** Of the server's process, beside its own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running embedded server, a browser, and whoever came. */
export class Stage {
  private readonly visitors: Visitor[] = [];
  private readonly people: Person[] = [];
  private readonly browsers: Browser[] = [];

  private constructor(
    readonly server: ServerProcess,
    private readonly browser: Browser,
  ) {
    this.browsers.push(browser);
  }

  static async open({ overrides, environment, ...browser }: StageOptions = {}): Promise<Stage> {
    const [server, opened] = await Promise.all([ServerProcess.start(overrides, environment), openBrowser(browser)]);
    return new Stage(server, opened);
  }

  get url(): string {
    return this.server.url;
  }

  async visitor(options: VisitorOptions = {}): Promise<Visitor> {
    const visitor = await Visitor.arrive(this.browser, this.url, options);
    this.visitors.push(visitor);
    return visitor;
  }

  /** Behind a network of their own: `port` of this machine leads to the server, as long as it does. */
  async visitorBehind(port: number): Promise<Visitor> {
    const browser = await openBrowser({ reaching: [`localhost:${this.server.port}`, `127.0.0.1:${port}`] });
    this.browsers.push(browser);
    const visitor = await Visitor.arrive(browser, this.url);
    this.visitors.push(visitor);
    return visitor;
  }

  /** Somebody with the SDK and no browser, for the other side of a story. */
  async person(name: string): Promise<Person> {
    const person = await registerPerson(this.url, name);
    this.people.push(person);
    return person;
  }

  /** What any page complained of since it was last asked. */
  problems(): readonly string[] {
    return this.visitors.flatMap(({ problems }) => problems.splice(0));
  }

  async close(): Promise<void> {
    for (const { client } of this.people) await client.close();
    for (const browser of this.browsers) await browser.close();
    await this.server.close();
  }
}
