/** One ready frame for the connections of one user. */
export interface Push {
  readonly userId: string;
  readonly frame: string;
}

/** Every frame of ours is an event of socket.io. */
const EVENT_FRAME = '2[';

/** A line with the user and the length of each frame, then the frames as they go to the sockets. */
export function packPushes(pushes: readonly Push[]): string {
  const index: (string | number)[] = [];
  let frames = '';
  for (const { userId, frame } of pushes) {
    index.push(userId, frame.length);
    frames += frame;
  }
  return `${JSON.stringify(index)}\n${frames}`;
}

/** Throws for what {@link packPushes} cannot have made, before anything of it is used. */
export function unpackPushes(text: string): Push[] {
  const end = text.indexOf('\n');
  const index = JSON.parse(text.slice(0, Math.max(0, end))) as unknown;
  if (!Array.isArray(index) || index.length % 2 !== 0) throw new TypeError('index');
  const pushes: Push[] = [];
  let at = end + 1;
  for (let n = 0; n < index.length; n += 2) {
    const [userId, length] = [index[n] as unknown, index[n + 1] as unknown];
    if (typeof userId !== 'string' || !Number.isSafeInteger(length)) throw new TypeError('entry');
    const frame = text.slice(at, (at += length as number));
    if (frame.length !== length || !frame.startsWith(EVENT_FRAME)) throw new TypeError('frame');
    pushes.push({ userId, frame });
  }
  if (at !== text.length) throw new TypeError('rest');
  return pushes;
}
