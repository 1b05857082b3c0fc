const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** Ctrl-C under npm comes twice: from the terminal and from npm, which passes it on. */
const SAME_SIGNAL_MS = 300;

/**
 * The first signal stops the process in order, which takes `withinMs` at most, whoever hangs: what was promised is in the stores.
 * Another one ends it at once.
 */
export function endOnSignals(close: () => Promise<void>, withinMs: number): void {
  let toldAt: number | undefined;
  const told = (): void => {
    if (toldAt !== undefined) {
      if (performance.now() - toldAt > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    toldAt = performance.now();
    setTimeout(() => {
      say({ level: 'warn', message: 'Stopped without waiting for what still hangs.' });
      process.exit(0);
    }, withinMs);
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        say({ level: 'error', message: 'Stopping failed.', ...tracesOf(error) });
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) process.on(signal, told);
}

/** A defect of ours leaves a state that nobody knows: the supervisor starts a new process. */
export function endOnDefects(): void {
  const end = (error: unknown): void => {
    say({ level: 'fatal', message: 'Ended by an error that nothing caught.', ...tracesOf(error) });
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

/** Where it happened. Messages and fields of errors may quote what somebody has written or a secret. */
function tracesOf(error: unknown): { error: string; code?: string; stack: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, stack: [] };
  const { code } = error as { code?: unknown };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, ...(typeof code === 'string' && { code }), stack: frames.map((line) => line.trim()) };
}

/** In the shape of the other logs. */
function say(entry: { readonly level: string; readonly message: string }): void {
  process.stderr.write(
    `${JSON.stringify({ ...entry, pid: process.pid, timestamp: Date.now(), context: 'Process' })}\n`,
  );
}
