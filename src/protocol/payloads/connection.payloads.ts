import { IsIn, IsInt, IsOptional, IsString, Length } from 'class-validator';
import { IsId, IsInteger } from './fields.js';

/** What a client gives in the socket.io `auth` payload. Never a cookie, never a query parameter. */
export class ConnectionAuth {
  @IsString() @Length(1, 2048) token!: string;
}

export const CLOSING_ACTIONS = ['reconnect', 'login', 'stop'] as const;
export type ClosingAction = (typeof CLOSING_ACTIONS)[number];

/** The last event before the server closes a connection: why, and what the client should do. */
export class ConnectionClosing {
  @IsString() code!: string;
  @IsIn(CLOSING_ACTIONS) action!: ClosingAction;
  @IsOptional() @IsInt() retryAfterMs?: number;
}

/** The first event on a connection. */
export class ConnectionReady {
  @IsId() userId!: string;
  @IsId() deviceId!: string;
  @IsId() sessionId!: string;
  @IsInteger(0) serverTime!: number;
}

/** Answers what came without an acknowledgement callback to answer through. */
export class ConnectionRefused {
  @IsString() code!: string;
  @IsString() message!: string;
}

export class KeyPackagesLow {
  @IsInteger(0) available!: number;
}

export class DeviceAdded {
  @IsId() deviceId!: string;
}

export class Health {
  @IsIn(['ok']) status!: 'ok';
}

/** No fields. */
export class NoFields {}
