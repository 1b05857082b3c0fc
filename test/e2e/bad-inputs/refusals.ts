import { expect } from '@jest/globals';
import { ERRORS, type ErrorCode } from '../../../src/protocol/errors.js';

/** What must be in no answer: stacks, SQL, paths, names of our libraries. */
const INSIDES =
  /\bat .+:\d+:\d+|node_modules|\/(?:work|src|dist)\/|\.[tj]s:\d|SELECT |INSERT |UPDATE |sqlite|typeorm|fastify|FST_|SyntaxError|TypeError/i;

/** Holds the text of an answer to the error shape, the code's status and nothing else. */
export function expectRefusal(answer: { readonly status: number; readonly text: string }, ...codes: ErrorCode[]): void {
  expect(answer.text).not.toMatch(INSIDES);
  const { error, ...rest } = JSON.parse(answer.text) as {
    error: { code: ErrorCode; message: string; details: object };
  };
  expect(rest).toEqual({});
  expect(Object.keys(error).sort()).toEqual(['code', 'details', 'message']);
  expect(codes).toContain(error.code);
  expect(answer.status).toBe(ERRORS[error.code].status);
}

export async function fetchText(
  url: string,
  init: RequestInit & { token?: string } = {},
): Promise<{ status: number; text: string; headers: Headers }> {
  const { token, ...rest } = init;
  const headers = new Headers(rest.headers);
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  const response = await fetch(url, { ...rest, headers });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

export const sendJson = (
  url: string,
  method: string,
  body: string,
  token?: string,
): Promise<{ status: number; text: string; headers: Headers }> =>
  fetchText(url, {
    method,
    body,
    headers: { 'content-type': 'application/json' },
    ...(token !== undefined && { token }),
  });
