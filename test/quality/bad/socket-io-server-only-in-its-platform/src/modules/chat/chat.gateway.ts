import type { Socket } from 'socket.io';

export type Connection = Socket;
